import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../../api/client";
import { deleteModel, deleteModelTag, describeModel, modelState, renameModel, restoreModel, setModelTag } from "../../api/registeredModels";
import { Description } from "../../components/Description";
import { Page } from "../../components/Page";
import { DecisionDialog, type Order } from "../../components/registry/DecisionDialog";
import { LedgerOf } from "../../components/registry/LedgerOf";
import { Requests } from "../../components/registry/Requests";
import { RenameDialog } from "../../components/RenameDialog";
import { TagEditor } from "../../components/TagEditor";
import { Button } from "../../components/ui/Button";
import { CopyIcon } from "../../components/ui/Copy";
import { Menu } from "../../components/ui/Menu";
import { Empty, Failure, Skeleton } from "../../components/ui/States";
import { useAct, useToast } from "../../components/ui/Toast";
import { formatExact } from "../../lib/times";
import { navigate, navigateQuery, useLocation } from "../../state/location";
import { type ModelTab, printRoute, type Route } from "../../state/routes";
import { AsOf, parseMoment } from "./AsOf";
import styles from "./ModelPage.module.css";
import { NowCards } from "./NowCards";
import { TimelineTab } from "./TimelineTab";
import { useRunMetrics } from "./useRunMetrics";
import { VersionsTab } from "./VersionsTab";

const TABS: [ModelTab, string][] = [
  ["versions", "Versions"],
  ["timeline", "Timeline"],
  ["decisions", "Decisions"],
];

/** `/models/<name>`: a registered model now, or as it was at a moment. */
export default function ModelPage({ route }: { route: Extract<Route, { page: "model" }> }) {
  const { name, tab } = route;
  const { query } = useLocation();
  const atText = query.get("at");
  const at = parseMoment(atText);
  const client = useQueryClient();
  const act = useAct();
  const show = useToast();
  const [renaming, setRenaming] = useState(false);
  const [order, setOrder] = useState<Order>();

  const state = useQuery({
    queryKey: ["models", "state", name, at],
    queryFn: ({ signal }) => modelState(name, at === undefined ? undefined : String(at), signal),
    refetchInterval: at === undefined ? 10_000 : false,
    placeholderData: (previous) => previous,
  });
  const model = state.data;
  const metrics = useRunMetrics(model?.versions.map((version) => version.runId) ?? []);

  if (state.error instanceof ApiError && state.error.isNotFound && at === undefined) return <NoSuchModel name={name} />;
  if (!model || (state.error && !state.data)) {
    return (
      <Page title={`${name} · Models`}>
        <div className={styles.page}>{state.error ? <Failure what="The model" error={state.error} onRetry={() => void state.refetch()} /> : <Skeleton lines={8} />}</div>
      </Page>
    );
  }

  const editable = at === undefined;
  const refresh = async (): Promise<void> => {
    await Promise.all([client.invalidateQueries({ queryKey: ["models"] }), client.invalidateQueries({ queryKey: ["decisions"] }), client.invalidateQueries({ queryKey: ["versions"] })]);
  };
  const after = (change: Promise<void>): Promise<void> => change.then(refresh);
  const setTag = (key: string, value: string): Promise<boolean> => {
    const before = model.tags[key];
    return act(
      () => after(setModelTag(name, key, value)),
      `Tag ${key} saved`,
      () => after(before === undefined ? deleteModelTag(name, key) : setModelTag(name, key, before)),
    );
  };
  const removeTag = (key: string): Promise<boolean> => {
    const before = model.tags[key] ?? "";
    return act(() => after(deleteModelTag(name, key)), `Tag ${key} removed`, () => after(setModelTag(name, key, before)));
  };
  const describe = (text: string): Promise<boolean> => {
    const before = model.description;
    return act(() => after(describeModel(name, text)), "Description saved", () => after(describeModel(name, before)));
  };
  const remove = async (): Promise<void> => {
    const done = await act(
      () => after(deleteModel(name)),
      `${name} deleted`,
      () => after(restoreModel(name)),
    );
    if (done) navigate("/models");
  };
  const pathOf = (to: ModelTab): string => {
    const path = printRoute({ page: "model", name, tab: to });
    return at === undefined ? path : `${path}?at=${encodeURIComponent(atText ?? "")}`;
  };
  const inProduction = model.versions.some((version) => version.stage === "Production");

  return (
    <Page title={`${name} · Models`}>
      <header className={styles.header}>
        <div className={styles.title}>
          <h1>{name}</h1>
          <CopyIcon text={`models:/${name}/${inProduction ? "Production" : (model.versions[0]?.version ?? "1")}`} what="model URI" />
          <span className={styles.spacer} />
          <AsOf at={at} onChange={(next) => navigateQuery({ at: next === undefined ? undefined : new Date(next).toISOString() })} />
          {editable && inProduction && (
            <Button icon="restore" onClick={() => setOrder({ act: "rollback", to: "Production" })}>
              Roll back…
            </Button>
          )}
          {editable && (
            <Menu
              label="Model actions"
              icon="dots"
              items={[
                { label: "Rename", icon: "edit", onSelect: () => setRenaming(true) },
                { label: "Delete", icon: "trash", danger: true, onSelect: () => void remove() },
              ]}
            />
          )}
        </div>
        <div className={styles.about}>
          <TagEditor tags={model.tags} editable={editable} onSet={setTag} onRemove={removeTag} />
          <Description folded what={name} text={model.description} editable={editable} onSave={describe} />
        </div>
        {atText && at === undefined && (
          <p className={styles.notice} role="status">
            The address asks for a moment that cannot be read, which is ignored: <code>{atText}</code>
          </p>
        )}
        {at !== undefined && (
          <p className={styles.notice} role="status">
            <span>
              As of <time dateTime={new Date(at).toISOString()}>{formatExact(at)}</time>: nothing can be changed here.
            </span>
            <Button onClick={() => navigateQuery({ at: undefined })}>Back to now</Button>
          </p>
        )}
        {state.error && (
          <p className={styles.notice} role="alert">
            {state.error.message}
          </p>
        )}
      </header>
      <div className={styles.page}>
        {editable && <Requests model={name} />}
        {!state.error && <NowCards model={model} metrics={metrics} isNow={editable} />}
        <nav className={styles.tabs} aria-label="Model">
          {TABS.map(([each, word]) => (
            <a key={each} href={`#${pathOf(each)}`} aria-current={tab === each ? "page" : undefined}>
              {word}
              {each === "versions" && <span className={styles.count}>{model.versions.length}</span>}
            </a>
          ))}
        </nav>
        {tab === "versions" && <VersionsTab model={model} metrics={metrics} editable={editable} onOrder={setOrder} />}
        {tab === "timeline" && <TimelineTab name={name} at={at} />}
        {tab === "decisions" && <LedgerOf search={{ model: name, until: at === undefined ? undefined : String(at) }} about="model" />}
      </div>
      {renaming && (
        <RenameDialog
          what="model"
          name={name}
          onClose={() => setRenaming(false)}
          onRename={async (next) => {
            await renameModel(name, next);
            navigate(printRoute({ page: "model", name: next, tab }), { replace: true });
            await refresh();
            show({
              text: `Renamed to ${next}`,
              undo: async () => {
                await renameModel(next, name);
                navigate(printRoute({ page: "model", name, tab }), { replace: true });
                await refresh();
              },
            });
          }}
        />
      )}
      {order && (
        <DecisionDialog
          name={name}
          order={order}
          onClose={() => setOrder(undefined)}
          onDone={(done) => {
            setOrder(undefined);
            void refresh();
            show({ text: done });
          }}
        />
      )}
    </Page>
  );
}

export function NoSuchModel({ name }: { name: string }) {
  return (
    <Page title="No such model">
      <Empty title="No such model">
        <code>{name}</code> never existed here, was renamed, or is in the trash. <a href="#/models">All models</a>
      </Empty>
    </Page>
  );
}

