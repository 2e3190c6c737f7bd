import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiError } from "../../api/client";
import { getRun } from "../../api/runs";
import { Page } from "../../components/Page";
import { Empty, Failure, Skeleton } from "../../components/ui/States";
import { navigate } from "../../state/location";
import { printRoute } from "../../state/routes";

/** `/runs/<id>`: the short link, which goes on to the run in its experiment. */
export function FindRunPage({ runId }: { runId: string }) {
  const run = useQuery({ queryKey: ["run", runId], queryFn: ({ signal }) => getRun(runId, signal) });
  useEffect(() => {
    if (!run.data) return;
    const { experimentId } = run.data;
    navigate(printRoute({ page: "run", experimentId, runId, tab: "overview", path: "" }), { replace: true });
  }, [run.data, runId]);
  if (run.error instanceof ApiError && run.error.isNotFound) return <NoSuchRun runId={runId} />;
  return <Page title="Run">{run.error ? <Failure what="The run" error={run.error} onRetry={() => void run.refetch()} /> : <Skeleton />}</Page>;
}

export function NoSuchRun({ runId }: { runId: string }) {
  return (
    <Page title="No such run">
      <Empty title="No such run">
        The run <code>{runId}</code> never existed here, or was purged. <a href="#/experiments">All experiments</a>
      </Empty>
    </Page>
  );
}
