import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { ApiError } from "../../api/client";
import { changeRuns, deleteRunTag, getLoggedModel, getRun, LOST_TAG, renameRun, type RunRow, setRunTag } from "../../api/runs";
import { countChildren } from "../../api/tables";
import { NOTE_TAG } from "../../api/experiments";
import { Page } from "../../components/Page";
import { RenameDialog } from "../../components/RenameDialog";
import { Button } from "../../components/ui/Button";
import { CopyIcon } from "../../components/ui/Copy";
import { StatusMark, TimeAgo } from "../../components/ui/Marks";
import { Menu } from "../../components/ui/Menu";
import { Failure, Skeleton } from "../../components/ui/States";
import { useAct, useToast } from "../../components/ui/Toast";
import { formatCount } from "../../lib/numbers";
import { formatExact } from "../../lib/times";
import { navigate } from "../../state/location";
import { printRoute, type Route, type RunTab } from "../../state/routes";
import { Duration } from "../runs/runColumns";
import { NoSuchRun } from "./FindRunPage";
import { HISTORY_TAG, pathsOfHistory } from "./modelHistory";
import { Overview } from "./Overview";
import { RegisterDialog } from "./RegisterDialog";
import styles from "./RunPage.module.css";

const MetricsTab = lazy(() => import("./MetricsTab"));
const ArtifactsTab = lazy(() => import("./ArtifactsTab"));

type RunRoute = Extract<Route, { page: "run" }>;

/** `/experiments/<id>/runs/<run>`: one run, live while it runs. */
export default function RunPage({ route }: { route: RunRoute }) {
  const { runId, experimentId } = route;
  const client = useQueryClient();
  const act = useAct();
  const show = useToast();
  const [renaming, setRenaming] = useState(false);
  const [registering, setRegistering] = useState(false);
  const query = useQuery({
    queryKey: ["run", runId],
    queryFn: ({ signal }) => getRun(runId, signal),
    refetchInterval: ({ state }) => (state.data && !["RUNNING", "SCHEDULED"].includes(state.data.status) ? 10_000 : 2000),
  });
  const run = query.data;

  const after = useCallback(
    async (change: Promise<void>) => {
      await change;
      await client.invalidateQueries({ queryKey: ["run", runId] });
      // The table has this run too; it reads its first page again when it is next shown.
      client.removeQueries({ queryKey: ["runs"] });
    },
    [client, runId],
  );

  const paths = useModelPaths(run);
  const children = useChildCount(run);
  const keys = useMemo(() => Object.keys(run?.metrics ?? {}), [run?.metrics]);
  const system = keys.filter((key) => key.startsWith("system/"));
  const tabs = useMemo<[RunTab, string][]>(
    () => [
      ["overview", "Overview"],
      ["metrics", "Metrics"],
      ...(system.length > 0 || route.tab === "system" ? ([["system", "System metrics"]] as [RunTab, string][]) : []),
      ["artifacts", "Artifacts"],
    ],
    [system.length, route.tab],
  );
  const pathOf = useCallback((tab: RunTab) => printRoute({ page: "run", experimentId, runId, tab, path: "" }), [experimentId, runId]);
  useTabKeys(tabs, pathOf);

  if (query.error instanceof ApiError && query.error.isNotFound) return <NoSuchRun runId={runId} />;
  if (!run) {
    return (
      <Page title="Run">
        <div className={styles.header}>{query.error ? <Failure what="The run" error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton lines={8} />}</div>
      </Page>
    );
  }

  const setTag = (key: string, value: string): Promise<boolean> => {
    const before = run.tags[key];
    return act(
      () => after(setRunTag(runId, key, value)),
      key === NOTE_TAG ? "Description saved" : `Tag ${key} saved`,
      () => after(before === undefined ? deleteRunTag(runId, key) : setRunTag(runId, key, before)),
    );
  };
  const removeTag = (key: string): Promise<boolean> => {
    const before = run.tags[key] ?? "";
    return act(() => after(deleteRunTag(runId, key)), `Tag ${key} removed`, () => after(setRunTag(runId, key, before)));
  };
  const move = (action: "delete" | "restore"): Promise<boolean> => {
    const back = action === "delete" ? "restore" : "delete";
    const done = action === "delete" ? "moved to the trash" : "restored";
    return act(() => after(changeRuns(action, [runId])), `${run.name} ${done}`, () => after(changeRuns(back, [runId])));
  };
  const parent = run.tags["mlflow.parentRunId"];
  const lost = run.tags[LOST_TAG];
  const isLost = run.status === "KILLED" && lost !== undefined;

  return (
    <Page title={`${run.name} · Runs`} fill={route.tab === "artifacts"}>
      <header className={styles.header}>
        <div className={styles.title}>
          <h1>{run.name}</h1>
          <StatusMark status={isLost ? "LOST" : run.status} word />
          <span className={styles.spacer} />
          {!run.deleted && paths.length > 0 && (
            <Button look="solid" onClick={() => setRegistering(true)}>
              Register Model
            </Button>
          )}
          {!run.deleted && (
            <Menu
              label="Run actions"
              icon="dots"
              items={[
                { label: "Rename", icon: "edit", onSelect: () => setRenaming(true) },
                { label: "Delete", icon: "trash", danger: true, onSelect: () => void move("delete") },
              ]}
            />
          )}
        </div>
        <dl className={styles.facts}>
          <div>
            <dt>Started</dt>
            <dd>
              <TimeAgo ms={run.start} />
            </dd>
          </div>
          <div>
            <dt>Duration</dt>
            <dd>
              <Duration row={run} />
            </dd>
          </div>
          {(run.user || run.tags["mlflow.user"]) && (
            <div>
              <dt>User</dt>
              <dd>{run.user || run.tags["mlflow.user"]}</dd>
            </div>
          )}
          {children > 0 && (
            <div>
              <dt>Child runs</dt>
              <dd>
                <a href={`#${printRoute({ page: "runs", experimentId })}?flat=1&q=${encodeURIComponent(`tags.mlflow.parentRunId = '${runId}'`)}`}>{formatCount(children)}</a>
              </dd>
            </div>
          )}
          {parent && (
            <div>
              <dt>Parent</dt>
              <dd>
                <a href={`#${printRoute({ page: "find-run", runId: parent })}`}>{parent.slice(0, 8)}</a>
              </dd>
            </div>
          )}
          <div>
            <dt>Run ID</dt>
            <dd>
              <span className="mono">{run.id}</span> <CopyIcon text={run.id} what="run ID" />
            </dd>
          </div>
        </dl>
        {isLost && (
          <p className={styles.lost} role="status">
            Lost: its process gave no sign of life after {formatExact(Number(lost))}, killed or cut off, so the server ended it then. If it comes
            back, the run goes on.
          </p>
        )}
        {run.deleted && (
          <p className={styles.trash} role="status">
            This run is in the trash: nothing can be changed here.{" "}
            <Button icon="restore" onClick={() => void move("restore")}>
              Restore
            </Button>
          </p>
        )}
        <nav className={styles.tabs} aria-label="Run">
          {tabs.map(([tab, word]) => (
            <a key={tab} href={`#${pathOf(tab)}`} aria-current={route.tab === tab ? "page" : undefined}>
              {word}
            </a>
          ))}
        </nav>
      </header>
      <Suspense fallback={<div className={styles.header}><Skeleton lines={6} /></div>}>
        {route.tab === "overview" && <Overview run={run} setTag={setTag} removeTag={removeTag} />}
        {route.tab === "metrics" && <MetricsTab run={run} system={false} />}
        {route.tab === "system" && <MetricsTab run={run} system />}
        {route.tab === "artifacts" && <ArtifactsTab run={run} path={route.path} />}
      </Suspense>
      {registering && (
        <RegisterDialog
          runId={runId}
          paths={paths}
          onClose={() => setRegistering(false)}
          onDone={(name, version) => {
            setRegistering(false);
            for (const key of ["models", "versions", "decisions"]) void client.invalidateQueries({ queryKey: [key] });
            show({ text: `Registered as version ${version} of ${name}` });
          }}
        />
      )}
      {renaming && (
        <RenameDialog
          what="run"
          name={run.name}
          onClose={() => setRenaming(false)}
          onRename={async (name) => {
            const before = run.name;
            await after(renameRun(runId, name));
            show({ text: `Renamed to ${name}`, undo: () => after(renameRun(runId, before)) });
          }}
        />
      )}
    </Page>
  );
}

/** How many runs have this one as their parent. */
function useChildCount(run: RunRow | undefined): number {
  const { data } = useQuery({
    queryKey: ["runs", "children", run?.id],
    queryFn: ({ signal }) => countChildren(run?.experimentId ?? "", run?.id ?? "", signal),
    enabled: run !== undefined,
    staleTime: 10_000,
    retry: false,
  });
  return data ?? 0;
}

/** The folders of a run's artifacts that hold its models: those it has logged, and those older clients wrote down. */
function useModelPaths(run: RunRow | undefined): readonly string[] {
  const ids = run?.models ?? [];
  const names = useQueries({
    queries: ids.map((id) => ({
      queryKey: ["logged-model", id],
      queryFn: ({ signal }: { signal: AbortSignal }) => getLoggedModel(id, signal),
      staleTime: 60_000,
    })),
    combine: (results) => results.flatMap(({ data }) => data?.name ?? []),
  });
  const history = run?.tags[HISTORY_TAG];
  return useMemo(() => [...new Set([...names, ...pathsOfHistory(history)])], [names, history]);
}

/** `1` … `9` open the tabs, outside text fields. */
function useTabKeys(tabs: readonly [RunTab, string][], pathOf: (tab: RunTab) => string): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select, dialog")) return;
      const tab = /^[1-9]$/.test(event.key) ? tabs[Number(event.key) - 1] : undefined;
      if (tab) navigate(pathOf(tab[0]));
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [tabs, pathOf]);
}
