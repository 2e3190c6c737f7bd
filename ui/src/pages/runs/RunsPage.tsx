import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ApiError, pageUrl } from "../../api/client";
import { type ExperimentRow, getExperiment } from "../../api/experiments";
import { changeRuns, renameRun } from "../../api/runs";
import { csvUrl, runKeys, type RunSearch, type TableRow, type TableRun } from "../../api/tables";
import { FilterBox } from "../../components/filter/FilterBox";
import { Grid, type GridTree } from "../../components/grid/Grid";
import type { Selection } from "../../components/grid/selection";
import { Page } from "../../components/Page";
import { RenameDialog } from "../../components/RenameDialog";
import { StateSwitch } from "../../components/StateSwitch";
import bar from "../../components/Toolbar.module.css";
import { Button } from "../../components/ui/Button";
import { copyText } from "../../components/ui/Copy";
import { Menu } from "../../components/ui/Menu";
import { Empty, Failure, NoMatch } from "../../components/ui/States";
import { useAct, useToast } from "../../components/ui/Toast";
import { useNarrow } from "../../hooks/useNarrow";
import { formatCount, plural } from "../../lib/numbers";
import { navigate, navigateQuery, useLocation } from "../../state/location";
import { printQuery, printRoute } from "../../state/routes";
import { ColumnPicker } from "./ColumnPicker";
import { defaultColumns, extendDefaults } from "./columns";
import { ExperimentHeader } from "./ExperimentHeader";
import { type Line, linesOf } from "./lines";
import { runColumns, runPath } from "./runColumns";
import styles from "./RunsPage.module.css";
import { useBelow } from "./useBelow";
import { useNumberWidths } from "./useNumberWidths";
import { useRegistered } from "./useRegistered";
import { useRuns } from "./useRuns";
import {
  ATTRIBUTES,
  type ColumnKey,
  columnTexts,
  filterForServer,
  groupText,
  isNamePiece,
  LOST,
  nextSort,
  orderBy,
  parseRunsView,
  printRunsView,
  rewriteMlflowQuery,
  type RunsView,
  type Since,
  SPANS,
} from "./view";

/** How often is asked which columns the newest runs would have, in ms: soon while there are none. */
const DEFAULTS_SOON = 3000;
const DEFAULTS_LATER = 15_000;
const GROUPABLE = Object.keys(ATTRIBUTES).filter((key) => ATTRIBUTES[key]?.group);
/** How long a table has to rest until what belongs to its rows is asked for. */
const SETTLED_MS = 150;
/** How many runs can be compared at once. */
const MOST_COMPARED = 1000;
const SPAN_WORDS: Record<Since, string> = { "1h": "Last hour", "24h": "Last 24 hours", "7d": "Last 7 days", "30d": "Last 30 days", "365d": "Last year" };
const NO_COLUMNS: readonly ColumnKey[] = [];

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

  const narrow = useNarrow();
  const proposed = useQuery({
    queryKey: ["runs", "defaults", experimentIds],
    queryFn: ({ signal }) => runKeys(experimentIds, { limit: 1 }, signal),
    enabled: view.cols === undefined,
    refetchInterval: ({ state }) => (state.data?.defaults.length === 0 ? DEFAULTS_SOON : DEFAULTS_LATER),
  });
  const kept = useRef(NO_COLUMNS);
  kept.current = extendDefaults(kept.current, proposed.data?.defaults ?? []);
  const defaults = kept.current;
  const colsText = JSON.stringify(view.cols);
  const columnKeys = useMemo(
    () => (colsText ? (JSON.parse(colsText) as ColumnKey[]) : defaultColumns(defaults, experimentIds.length > 1, narrow)),
    [colsText, defaults, experimentIds.length, narrow],
  );
  const ready = view.cols !== undefined || proposed.data !== undefined || proposed.error !== null;

  const opened = useRef(Date.now());
  const viewText = JSON.stringify([view.sort, view.group]);
  const search = useMemo<RunSearch>(() => {
    const [sort, group] = JSON.parse(viewText) as [RunsView["sort"], ColumnKey[]];
    const columns = [...new Set([...columnKeys.flatMap(columnTexts), LOST])];
    return {
      experimentIds,
      filter: filterForServer(view.q),
      orderBy: orderBy(sort),
      state: view.state,
      // To the minute, so that the question stays the same for as long as the page is drawn again.
      since: view.since && Math.floor((opened.current - SPANS[view.since]) / 60_000) * 60_000,
      columns,
      tree: !view.flat && group.length === 0,
      groupBy: group.map(groupText),
    };
  }, [experimentIds, view.q, viewText, view.state, view.since, view.flat, columnKeys]);

  const grid = useRef<HTMLDivElement>(null);
  const pointerInside = useRef(false);
  const [selection, setSelection] = useState<Selection>(new Set());
  const runs = useRuns(search, ready, () => !pointerInside.current && selection.size === 0 && (grid.current?.scrollTop ?? 0) < 8);
  const { rows } = runs;

  // A new question starts at the top, with nothing open; other columns do not make it one.
  const [open, setOpen] = useState<ReadonlyMap<string, TableRow>>(new Map());
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const question = JSON.stringify({ ...search, columns: [] });
  useEffect(() => {
    if (grid.current) grid.current.scrollTop = 0;
  }, [question]);
  const grouping = JSON.stringify(search.groupBy);
  useEffect(() => setOpen(new Map()), [grouping, view.state, view.flat]);
  const below = useBelow(search, open, whole);
  const lines = useMemo(() => linesOf(rows, new Set(open.keys()), below), [rows, open, below]);
  const client = useQueryClient();
  const onToggle = useCallback(
    (line: Line) => {
      if (line.kind === "more") {
        if (line.state === "failed") void client.invalidateQueries({ queryKey: ["runs", "below"] });
        else setWhole((present) => new Set([...present, line.of]));
        return;
      }
      setOpen((present) => {
        const next = new Map(present);
        if (!next.delete(line.id)) next.set(line.id, line.kind === "run" ? line.run : line.group);
        return next;
      });
    },
    [client],
  );
  const isTree = runs.hasTree && search.tree;
  const isGrouped = search.groupBy.length > 0;
  const tree = useMemo<GridTree<Line> | undefined>(
    () => (isTree || isGrouped ? { depth: (line) => line.depth, isOpen: (line) => line.isOpen, onToggle } : undefined),
    [isTree, isGrouped, onToggle],
  );

  const [picking, setPicking] = useState<"columns" | "group">();
  const [renaming, setRenaming] = useState<TableRun>();
  const act = useAct();
  const show = useToast();
  const { remove, reload } = runs;
  const changeSelected = useCallback(
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

  const { widths, onVisible: onShown } = useNumberWidths(lines, columnKeys);
  const [visible, setVisible] = useState<[number, number]>([0, 40]);
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);
  const onVisible = useCallback(
    (first: number, last: number) => {
      onShown(first, last);
      // The page is drawn again when the table has come to rest, not for every row that passes.
      clearTimeout(settling.current);
      settling.current = setTimeout(() => setVisible([first, last]), SETTLED_MS);
    },
    [onShown],
  );
  useEffect(() => () => clearTimeout(settling.current), []);
  const runIds = useMemo(() => lines.flatMap((line) => (line.kind === "run" ? line.id : [])), [lines]);
  const versions = useRegistered(runIds, ...visible);
  const columns = useMemo(() => {
    const change = (part: Partial<RunsView>): void => navigateQuery(printRunsView({ ...view, ...part }));
    return runColumns(columnKeys, {
      narrow,
      trash: view.state === "trash",
      group: view.group,
      sort: view.sort,
      widths,
      experimentNames,
      versions,
      onToggle,
      onRename: setRenaming,
      onChange: (action, run) => void changeSelected(action, [run.id], run.name),
      onColumns: (cols) => change({ cols }),
      onSort: (sort) => change({ sort }),
    });
  }, [columnKeys, narrow, view, widths, experimentNames, versions, onToggle, changeSelected]);

  const chosen = [...selection];
  const nameOf = (ids: readonly string[]): string | undefined => {
    const line = lines.find((each) => each.id === ids[0]);
    return line?.kind === "run" ? line.run.name : undefined;
  };
  const loadedIds = useMemo(() => new Set(lines.map((line) => line.id)), [lines]);
  const notShown = chosen.filter((id) => !loadedIds.has(id)).length;
  const download = (all: boolean): void => {
    const link = document.createElement("a");
    link.href = csvUrl(search, all ? ["*"] : search.columns.filter((column) => column !== LOST));
    link.download = "";
    link.click();
  };
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
          experimentIds={experimentIds}
          isPlain={isNamePiece}
          onApply={(q) => setView({ q })}
        />
        <StateSwitch
          state={view.state}
          onChange={(state) => {
            setSelection(new Set());
            setView({ state });
          }}
        />
        <select
          className={bar.select}
          aria-label="Started"
          value={view.since ?? ""}
          onChange={(event) => {
            opened.current = Date.now();
            setView({ since: (event.target.value || undefined) as RunsView["since"] });
          }}
        >
          <option value="">Any time</option>
          {Object.entries(SPAN_WORDS).map(([span, word]) => (
            <option key={span} value={span}>
              {word}
            </option>
          ))}
        </select>
        {runs.hasTree && !isGrouped && (
          <Button icon="tree" aria-pressed={!view.flat} title={view.flat ? "Show child runs below their parents" : "Show all runs alike"} onClick={() => setView({ flat: !view.flat })}>
            <span className={bar.word}>Tree</span>
          </Button>
        )}
        <Button icon="group" title="Group by" aria-pressed={isGrouped} onClick={() => setPicking("group")}>
          <span className={bar.word}>{isGrouped ? `Grouped by ${view.group.length === 1 ? (ATTRIBUTES[view.group[0]?.key ?? ""]?.title ?? view.group[0]?.key) : `${view.group.length} keys`}` : "Group by"}</span>
        </Button>
        <Button icon="columns" title="Columns" onClick={() => setPicking("columns")}>
          <span className={bar.word}>Columns</span>
        </Button>
        <Menu
          label="Download CSV"
          icon="download"
          items={[
            { label: "CSV, the columns shown", onSelect: () => download(false) },
            { label: "CSV, all columns", onSelect: () => download(true) },
          ]}
        />
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
          {chosen.length > 1 && chosen.length <= MOST_COMPARED && (
            <a className={bar.action} href={`#${printRoute({ page: "compare", runIds: chosen })}`}>
              Compare
            </a>
          )}
          {view.state !== "trash" && (
            <Button look="danger" icon="trash" onClick={() => void changeSelected("delete", chosen, nameOf(chosen))}>
              Delete
            </Button>
          )}
          {view.state !== "active" && (
            <Button icon="restore" onClick={() => void changeSelected("restore", chosen, nameOf(chosen))}>
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
      ) : nothing && (view.q || view.since) ? (
        <NoMatch what="runs" filter={[view.q, view.since && SPAN_WORDS[view.since]].filter(Boolean).join(", ")} onClear={() => setView({ q: "", since: undefined })} />
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
            rows={lines}
            rowId={rowId}
            rowName={rowName}
            rowPath={rowPath}
            tree={tree}
            isSelectable={isRun}
            isDim={isContext}
            total={!tree && runs.isTotalExact ? runs.total : undefined}
            columns={columns}
            hasMore={runs.hasMore}
            loading={runs.loading}
            onNeedMore={runs.loadMore}
            sort={view.sort}
            onSort={(field, additive) => setView({ sort: nextSort(view.sort, field, additive) })}
            selection={selection}
            onSelect={setSelection}
            onDelete={view.state === "active" ? () => void changeSelected("delete", chosen, nameOf(chosen)) : undefined}
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
              {runs.total !== undefined &&
                `${runs.isTotalExact ? "" : "At least "}${plural(runs.total, isGrouped ? "group" : isTree ? "top-level run" : "run")}`}
              {chosen.length > 0 && ` · ${formatCount(chosen.length)} selected`}
            </>
          )}
        </span>
        {runs.loaded && !nothing && runs.took !== undefined && ` · ${Math.max(1, Math.round(runs.took))} ms`}
      </footer>
      {picking === "columns" && (
        <ColumnPicker
          title="Columns"
          experimentIds={experimentIds}
          kinds={["metrics", "params", "tags"]}
          attributes={Object.keys(ATTRIBUTES)}
          columns={columnKeys}
          onChange={(cols) => setView({ cols })}
          reset={{ label: "Default columns", act: () => setView({ cols: undefined }) }}
          onClose={() => setPicking(undefined)}
        />
      )}
      {picking === "group" && (
        <ColumnPicker
          title="Group by"
          experimentIds={experimentIds}
          kinds={["params", "tags"]}
          attributes={GROUPABLE}
          columns={view.group}
          onChange={(group) => setView({ group })}
          reset={{ label: "No groups", act: () => setView({ group: [] }) }}
          onClose={() => setPicking(undefined)}
        />
      )}
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

const rowId = (line: Line): string => line.id;
const rowName = (line: Line): string => (line.kind === "run" ? `run ${line.run.name}` : "");
const rowPath = (line: Line): string | undefined => (line.kind === "run" ? runPath(line.run) : undefined);
const isRun = (line: Line): boolean => line.kind === "run";
const isContext = (line: Line): boolean => line.kind === "run" && line.run.isContext;

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
