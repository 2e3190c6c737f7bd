import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ApiError, pageUrl } from "../../api/client";
import { type ExperimentRow, getExperiment } from "../../api/experiments";
import { changeRuns, renameRun, type RunRow, type RunSearch } from "../../api/runs";
import { FilterBox } from "../../components/FilterBox";
import { Grid } from "../../components/grid/Grid";
import type { Selection } from "../../components/grid/selection";
import { Page } from "../../components/Page";
import { RenameDialog } from "../../components/RenameDialog";
import { StateSwitch } from "../../components/StateSwitch";
import bar from "../../components/Toolbar.module.css";
import { Button } from "../../components/ui/Button";
import { copyText } from "../../components/ui/Copy";
import { Empty, Failure, NoMatch } from "../../components/ui/States";
import { useAct, useToast } from "../../components/ui/Toast";
import { useNarrow } from "../../hooks/useNarrow";
import { formatCount, plural } from "../../lib/numbers";
import { navigate, navigateQuery, useLocation } from "../../state/location";
import { printQuery, printRoute } from "../../state/routes";
import { ColumnPicker } from "./ColumnPicker";
import { defaultColumns, defaultKeys, extendDefaults } from "./columns";
import { ExperimentHeader } from "./ExperimentHeader";
import { runColumns } from "./runColumns";
import styles from "./RunsPage.module.css";
import { useNumberWidths } from "./useNumberWidths";
import { useRuns } from "./useRuns";
import { filterForServer, nextSort, orderBy, parseRunsView, printRunsView, rewriteMlflowQuery, type RunsView } from "./view";

/** `/experiments/<id>`: the runs of one experiment, under its header. */
export function ExperimentRunsPage({ experimentId }: { experimentId: string }) {
  const ids = useMemo(() => [experimentId], [experimentId]);
  return <RunsPage experimentIds={ids} />;
}

/** `/compare-experiments/s`: the runs of several experiments in one table. */
export function SeveralExperimentsPage({ experimentIds }: { experimentIds: string[] }) {
  const text = JSON.stringify(experimentIds);
  const ids = useMemo(() => JSON.parse(text) as string[], [text]);
  return <RunsPage experimentIds={ids} />;
}

function RunsPage({ experimentIds }: { experimentIds: string[] }) {
  const { path, query } = useLocation();
  const rewritten = useMemo(() => rewriteMlflowQuery(query), [query]);
  useEffect(() => {
    if (rewritten) navigate(`${path}?${printQuery(rewritten)}`, { replace: true });
  }, [rewritten, path]);

  const { view, problems } = useMemo(() => parseRunsView(rewritten ?? query), [rewritten, query]);
  const setView = (change: Partial<RunsView>): void => navigateQuery(printRunsView({ ...view, ...change }));

  const experiments = useQueries({
    queries: experimentIds.map((id) => ({
      queryKey: ["experiment", id],
      queryFn: ({ signal }: { signal: AbortSignal }) => getExperiment(id, signal),
    })),
  });
  const single = experimentIds.length === 1 ? experiments[0] : undefined;
  const names = experiments.map((each) => each.data?.name ?? "").join("\n");
  const experimentNames = useMemo(
    () => new Map(names.split("\n").map((name, index) => [experimentIds[index] ?? "", name])),
    [names, experimentIds],
  );

  const sortText = JSON.stringify(view.sort);
  const search = useMemo<RunSearch>(
    () => ({ experimentIds, filter: filterForServer(view.q), orderBy: orderBy(JSON.parse(sortText) as RunsView["sort"]), state: view.state }),
    [experimentIds, view.q, sortText, view.state],
  );

  const grid = useRef<HTMLDivElement>(null);
  const pointerInside = useRef(false);
  const [selection, setSelection] = useState<Selection>(new Set());
  const runs = useRuns(search, () => !pointerInside.current && selection.size === 0 && (grid.current?.scrollTop ?? 0) < 8);
  const { rows } = runs;

  // A new question starts at the top.
  useEffect(() => {
    if (grid.current) grid.current.scrollTop = 0;
  }, [search]);

  const [picking, setPicking] = useState(false);
  const [renaming, setRenaming] = useState<RunRow>();
  const act = useAct();
  const show = useToast();
  const client = useQueryClient();
  const narrow = useNarrow();

  const defaults = useRef<{ params: string[]; metrics: string[] }>({ params: [], metrics: [] });
  const wanted = useMemo(() => defaultKeys(rows.slice(0, 100)), [rows]);
  defaults.current = extendDefaults(defaults.current, wanted);
  const keys = defaults.current;
  const columnKeys = useMemo(
    () => view.cols ?? defaultColumns(keys, experimentIds.length > 1),
    [view.cols, keys, experimentIds.length],
  );

  const { remove, reload } = runs;
  const change = useCallback(
    async (action: "delete" | "restore", ids: readonly string[], name?: string) => {
      const back = action === "delete" ? "restore" : "delete";
      const what = ids.length === 1 && name ? name : plural(ids.length, "run");
      const done = await act(
        () => changeRuns(action, ids),
        `${what} ${action === "delete" ? "moved to the trash" : "restored"}`,
        async () => {
          await changeRuns(back, ids);
          await reload();
        },
      );
      if (!done) return;
      await remove(new Set(ids));
      setSelection((present) => new Set([...present].filter((id) => !ids.includes(id))));
      for (const id of ids) client.removeQueries({ queryKey: ["run", id] });
    },
    [act, client, reload, remove],
  );

  const { widths, onVisible } = useNumberWidths(rows, columnKeys);
  const columns = useMemo(
    () => runColumns(columnKeys, { narrow, widths, experimentNames, onRename: setRenaming, onChange: (action, row) => void change(action, [row.id], row.name) }),
    [columnKeys, narrow, widths, experimentNames, change],
  );

  const chosen = [...selection];
  const nameOf = (ids: readonly string[]): string | undefined => rows.find((row) => row.id === ids[0])?.name;
  const loadedIds = useMemo(() => new Set(rows.map((row) => row.id)), [rows]);
  const notShown = chosen.filter((id) => !loadedIds.has(id)).length;
  const filterError = runs.error instanceof ApiError && runs.error.status === 400 && view.q ? runs.error : undefined;
  const otherError = runs.error && !filterError ? runs.error : undefined;
  const nothing = runs.loaded && rows.length === 0;
  const title = single ? (single.data?.name ?? "") : plural(experimentIds.length, "experiment");

  if (single?.error instanceof ApiError && single.error.isNotFound) {
    return (
      <Page title="No such experiment">
        <Empty title="No such experiment">
          The experiment <code>{experimentIds[0]}</code> never existed here, or was purged. <a href="#/experiments">All experiments</a>
        </Empty>
      </Page>
    );
  }

  return (
    <Page title={title ? `${title} · Experiments` : "Experiments"} fill>
      {single ? (
        <ExperimentHeader id={experimentIds[0] ?? ""} experiment={single.data} />
      ) : (
        <SeveralHeader experiments={experiments.flatMap((each) => (each.data ? [each.data] : []))} count={experimentIds.length} />
      )}
      <div className={bar.toolbar} role="search">
        <FilterBox
          label="Filter runs"
          placeholder="Filter: metrics.accuracy > 0.9 and params.model = 'rf', or a piece of a name"
          value={view.q}
          error={filterError}
          onApply={(q) => setView({ q })}
        />
        <StateSwitch
          state={view.state}
          onChange={(state) => {
            setSelection(new Set());
            setView({ state });
          }}
        />
        <Button icon="columns" onClick={() => setPicking(true)}>
          Columns
        </Button>
      </div>
      {problems.length > 0 && (
        <p className={styles.notice} role="status">
          The address asks for something unknown, which is ignored: <code>{problems.join(", ")}</code>
        </p>
      )}
      {chosen.length > 0 && (
        <div className={bar.selection} role="toolbar" aria-label="Selected runs">
          <strong>
            {formatCount(chosen.length)} selected{notShown > 0 && ` (${formatCount(notShown)} not shown)`}
          </strong>
          {view.state !== "trash" && (
            <Button look="danger" icon="trash" onClick={() => void change("delete", chosen, nameOf(chosen))}>
              Delete
            </Button>
          )}
          {view.state !== "active" && (
            <Button icon="restore" onClick={() => void change("restore", chosen, nameOf(chosen))}>
              Restore
            </Button>
          )}
          <Button icon="copy" onClick={() => void act(() => copyText(chosen.join("\n")), `${plural(chosen.length, "id")} copied`)}>
            Copy ids
          </Button>
          <Button look="quiet" onClick={() => setSelection(new Set())}>
            Clear
          </Button>
        </div>
      )}
      {otherError && rows.length > 0 ? (
        <p className={styles.notice} role="alert">
          {otherError instanceof Error ? otherError.message : String(otherError)} <Button onClick={runs.retry}>Retry</Button>
        </p>
      ) : null}
      {otherError && rows.length === 0 ? (
        <Failure what="The runs" error={otherError} onRetry={runs.retry} />
      ) : nothing && view.q ? (
        <NoMatch what="runs" filter={view.q} onClear={() => setView({ q: "" })} />
      ) : nothing && view.state === "trash" ? (
        <Empty title="No deleted runs">Deleted runs of this experiment wait here until they are restored or purged.</Empty>
      ) : nothing ? (
        <RunsQuickstart experiment={single?.data} />
      ) : (
        <div
          className={styles.table}
          onPointerEnter={() => {
            pointerInside.current = true;
          }}
          onPointerLeave={() => {
            pointerInside.current = false;
          }}
        >
          {runs.waiting > 0 && (
            <button
              type="button"
              className={styles.pill}
              onClick={() => {
                if (grid.current) grid.current.scrollTop = 0;
                runs.showWaiting();
              }}
            >
              {formatCount(runs.waiting)} new
            </button>
          )}
          <Grid
            label="Runs"
            rows={rows}
            rowId={rowId}
            rowName={rowName}
            rowPath={rowPath}
            columns={columns}
            hasMore={runs.hasMore}
            loading={runs.loading}
            onNeedMore={runs.loadMore}
            sort={view.sort}
            onSort={(field, additive) => setView({ sort: nextSort(view.sort, field, additive) })}
            selection={selection}
            onSelect={setSelection}
            onDelete={view.state === "active" ? () => void change("delete", chosen, nameOf(chosen)) : undefined}
            dimmed={runs.stale && rows.length > 0}
            scroller={grid}
            onVisible={onVisible}
          />
        </div>
      )}
      <footer className={bar.footer}>
        <span role="status">
          {runs.loaded && !nothing && (
            <>
              {runs.hasMore ? `${plural(rows.length, "run")} loaded, more below` : plural(rows.length, "run")}
              {chosen.length > 0 && ` · ${formatCount(chosen.length)} selected`}
            </>
          )}
        </span>
        {runs.loaded && !nothing && runs.took !== undefined && ` · ${runs.took} ms`}
      </footer>
      {picking && <ColumnPicker rows={rows} columns={columnKeys} onChange={(cols) => setView({ cols })} onClose={() => setPicking(false)} />}
      {renaming && (
        <RenameDialog
          what="run"
          name={renaming.name}
          onClose={() => setRenaming(undefined)}
          onRename={async (name) => {
            const { id, name: before } = renaming;
            await renameRun(id, name);
            await reload();
            show({ text: `Renamed to ${name}`, undo: async () => {
              await renameRun(id, before);
              await reload();
            } });
          }}
        />
      )}
    </Page>
  );
}

const rowId = (row: RunRow): string => row.id;
const rowName = (row: RunRow): string => `run ${row.name}`;
const rowPath = (row: RunRow): string => printRoute({ page: "run", experimentId: row.experimentId, runId: row.id, tab: "overview", path: "" });

function SeveralHeader({ experiments, count }: { experiments: ExperimentRow[]; count: number }) {
  return (
    <div className={bar.head}>
      <h1>Runs of {plural(count, "experiment")}</h1>
      <p className={styles.names}>
        {experiments.map((experiment) => (
          <a key={experiment.id} href={`#${printRoute({ page: "runs", experimentId: experiment.id })}`}>
            {experiment.name}
          </a>
        ))}
      </p>
    </div>
  );
}

function RunsQuickstart({ experiment }: { experiment: ExperimentRow | undefined }) {
  const code = `import mlflow

mlflow.set_tracking_uri("${pageUrl().replace(/\/$/, "")}")
mlflow.set_experiment(${JSON.stringify(experiment?.name ?? "my-first-experiment")})

with mlflow.start_run():
    mlflow.log_param("learning_rate", 0.01)
    mlflow.log_metric("accuracy", 0.93)`;
  return (
    <Empty title="No runs yet" code={code}>
      Run this anywhere that reaches this server: the run appears here by itself.
    </Empty>
  );
}
