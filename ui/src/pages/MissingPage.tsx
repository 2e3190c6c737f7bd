import { Page } from "../components/Page";
import { Empty } from "../components/ui/States";

export function MissingPage({ path }: { path: string }) {
  return (
    <Page title="No such page">
      <Empty title="No such page">
        Nothing is at <code>{path}</code>. <a href="#/experiments">All experiments</a>
      </Empty>
    </Page>
  );
}
