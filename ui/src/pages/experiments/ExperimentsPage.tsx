import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { pageUrl } from "../../api/client";
import {
  deleteExperiment,
  experimentTable,
  type ListedExperiment,
  NOTE_TAG,
  renameExperiment,
  restoreExperiment,
  type State,
} from "../../api/experiments";
import { type Column, Grid } from "../../components/grid/Grid";
import type { Selection } from "../../components/grid/selection";
import { Page } from "../../components/Page";
import { RenameDialog } from "../../components/RenameDialog";
import { StateSwitch } from "../../components/StateSwitch";
import { TagList } from "../../components/TagList";
import bar from "../../components/Toolbar.module.css";
import { Button } from "../../components/ui/Button";
import { SearchBox } from "../../components/ui/Field";
import { TimeAgo } from "../../components/ui/Marks";
import { Menu } from "../../components/ui/Menu";
import { Empty, Failure, NoMatch } from "../../components/ui/States";
import { useAct, useToast } from "../../components/ui/Toast";
import { useDebounced } from "../../hooks/useDebounced";
import { useNarrow } from "../../hooks/useNarrow";
import { firstLine } from "../../lib/text";
import { formatCount, plural } from "../../lib/numbers";
import { navigate, navigateQuery, useLocation } from "../../state/location";
import { printRoute } from "../../state/routes";
import { CreateExperimentDialog } from "./CreateExperimentDialog";
import styles from "./ExperimentsPage.module.css";

const SORTS = new Set(["name", "last_run", "creation_time"]);
const FIRST = "-last_run";
/** From this number on runs are not counted. */
const COUNTED = 10_000;

export function ExperimentsPage() {
  const { query } = useLocation();
  const name = query.get("q") ?? "";
  const state: State = query.get("state") === "trash" ? "trash" : "active";
  const sortText = query.get("sort") ?? FIRST;
  const field = sortText.replace(/^-/, "");
  const sort = SORTS.has(field) ? { field, descending: sortText.startsWith("-") } : { field: "last_run", descending: true };
  const search = useDebounced(name, 120);

  const client = useQueryClient();
  const act = useAct();
  const show = useToast();
  const narrow = useNarrow();
  const grid = useRef<HTMLDivElement>(null);
  const [selection, setSelection] = useState<Selection>(new Set());
  const [creating, setCreating] = useState(false);
  const [renaming, setRenaming] = useState<ListedExperiment>();

  const orderBy = `${sort.field} ${sort.descending ? "DESC" : "ASC"}`;
  const list = useInfiniteQuery({
    queryKey: ["experiments", "table", search, state, orderBy],
    queryFn: ({ pageParam, signal }) => experimentTable({ name: search, state, orderBy }, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: (previous) => previous,
    refetchInterval: 10_000,
  });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.rows) ?? [], [list.data]);

  const refresh = useCallback(() => client.invalidateQueries({ queryKey: ["experiments"] }), [client]);
  const change = useCallback(
    async (action: "delete" | "restore", chosen: readonly ListedExperiment[]) => {
      const [run, undo] = action === "delete" ? [deleteExperiment, restoreExperiment] : [restoreExperiment, deleteExperiment];
      const each = async (one: (id: string) => Promise<void>): Promise<void> => {
        for (const { id } of chosen) await one(id);
        await refresh();
      };
      const what = chosen.length === 1 ? chosen[0]?.name : plural(chosen.length, "experiment");
      const done = await act(() => each(run), `${what} ${action === "delete" ? "moved to the trash" : "restored"}`, () => each(undo));
      if (done) setSelection(new Set());
    },
    [act, refresh],
  );

  const columns = useMemo<Column<ListedExperiment>[]>(
    () => [
      {
        id: "name",
        title: "Name",
        width: narrow ? 260 : 340,
        sort: "name",
        cell: (row) => (
          <>
            <a className="truncate" tabIndex={-1} href={`#${pathOf(row)}`} title={row.name}>
              {row.name}
            </a>
            <span className={bar.spacer} />
            {!narrow && (
            <Menu
              label={`Actions for ${row.name}`}
              icon="dots"
              tabIndex={-1}
              className={bar.rowMenu}
              items={
                row.deleted
                  ? [{ label: "Restore", icon: "restore", onSelect: () => void change("restore", [row]) }]
                  : [
                      { label: "Rename", icon: "edit", onSelect: () => setRenaming(row) },
                      { label: "Delete", icon: "trash", danger: true, onSelect: () => void change("delete", [row]) },
                    ]
              }
            />
            )}
          </>
        ),
      },
      { id: "runs", title: "Runs", width: 176, numeric: true, cell: (row) => <Runs row={row} /> },
      { id: "last", title: "Last run", width: 120, sort: "last_run", cell: (row) => <TimeAgo ms={row.lastRun} /> },
      { id: "created", title: "Created", width: 112, sort: "creation_time", cell: (row) => <TimeAgo ms={row.created} /> },
      {
        id: "description",
        title: "Description",
        width: 320,
        cell: (row) => {
          const text = firstLine(row.tags[NOTE_TAG] ?? "");
          return (
            <span className={text ? undefined : "muted"} title={text || undefined}>
              {text.replace(/[*_`]+/g, "") || "–"}
            </span>
          );
        },
      },
      { id: "tags", title: "Tags", width: 300, cell: (row) => <TagList tags={row.tags} /> },
      { id: "id", title: "ID", width: 120, numeric: true, cell: (row) => row.id },
    ],
    [change, narrow],
  );

  const onSort = (clicked: string): void => {
    const same = clicked === sort.field;
    const descending = same ? !sort.descending : clicked !== "name";
    const text = (descending ? "-" : "") + clicked;
    navigateQuery({ sort: text === FIRST ? undefined : text });
  };

  const { hasNextPage, isFetching, fetchNextPage } = list;
  const onNeedMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const total = list.data?.pages[0]?.total;
  const chosen = rows.filter((row) => selection.has(row.id));
  const onlyDefault = rows.length === 1 && rows[0]?.id === "0" && !search && state === "active" && !hasNextPage;
  const nothing = list.data !== undefined && rows.length === 0 && !list.isPlaceholderData;

  return (
    <Page title="Experiments" fill>
      <div className={bar.head}>
        <h1>Experiments</h1>
        <Button look="solid" icon="plus" onClick={() => setCreating(true)}>
          Create Experiment
        </Button>
      </div>
      <div className={bar.toolbar} role="search">
        <SearchBox
          label="Filter by name"
          data-filter
          value={name}
          onChange={(event) => navigateQuery({ q: event.target.value || undefined }, { replace: true })}
        />
        <StateSwitch state={state} onChange={(next) => { setSelection(new Set()); navigateQuery({ state: next === "active" ? undefined : next }); }} />
      </div>
      {chosen.length > 0 && (
        <div className={bar.selection} role="toolbar" aria-label="Selected experiments">
          <strong>{formatCount(chosen.length)} selected</strong>
          {state === "active" && (
            <a className={bar.action} href={`#${printRoute({ page: "runs-of", experimentIds: chosen.map((row) => row.id) })}`}>
              {chosen.length === 1 ? "Open its runs" : `Compare the runs of ${chosen.length}`}
            </a>
          )}
          {state === "active" && chosen.length === 1 && (
            <Button icon="edit" onClick={() => setRenaming(chosen[0])}>
              Rename
            </Button>
          )}
          {state === "active" ? (
            <Button look="danger" icon="trash" onClick={() => void change("delete", chosen)}>
              Delete
            </Button>
          ) : (
            <Button icon="restore" onClick={() => void change("restore", chosen)}>
              Restore
            </Button>
          )}
          <Button look="quiet" onClick={() => setSelection(new Set())}>
            Clear
          </Button>
        </div>
      )}
      {list.isError && !list.data ? (
        <Failure what="The experiments" error={list.error} onRetry={() => void list.refetch()} />
      ) : nothing && search ? (
        <NoMatch what="experiments" filter={search} onClear={() => navigateQuery({ q: undefined })} />
      ) : nothing && state === "trash" ? (
        <Empty title="The trash is empty">Deleted experiments wait here until they are restored or purged.</Empty>
      ) : (
        <>
          {!nothing && (
            <Grid
              label="Experiments"
              rows={rows}
              rowId={rowId}
              rowName={rowName}
              rowPath={pathOf}
              columns={columns}
              hasMore={hasNextPage}
              loading={isFetching}
              onNeedMore={onNeedMore}
              sort={[sort]}
              onSort={onSort}
              selection={selection}
              onSelect={setSelection}
              onDelete={state === "active" ? () => void change("delete", chosen) : undefined}
              dimmed={list.isPlaceholderData}
              scroller={grid}
              total={total}
              compact={onlyDefault}
            />
          )}
          {(nothing || onlyDefault) && <Quickstart />}
        </>
      )}
      <footer className={bar.footer} role="status">
        {total !== undefined && !nothing && plural(total, "experiment")}
      </footer>
      {creating && (
        <CreateExperimentDialog
          onClose={() => setCreating(false)}
          onCreated={(id) => {
            setCreating(false);
            void refresh();
            navigate(printRoute({ page: "runs", experimentId: id }));
          }}
        />
      )}
      {renaming && (
        <RenameDialog
          what="experiment"
          name={renaming.name}
          onClose={() => setRenaming(undefined)}
          onRename={async (next) => {
            const { id, name: before } = renaming;
            await renameExperiment(id, next);
            await refresh();
            show({ text: `Renamed to ${next}`, undo: async () => {
              await renameExperiment(id, before);
              await refresh();
            } });
          }}
        />
      )}
    </Page>
  );
}

const rowId = (row: ListedExperiment): string => row.id;
const rowName = (row: ListedExperiment): string => `experiment ${row.name}`;
const pathOf = (row: ListedExperiment): string => printRoute({ page: "runs", experimentId: row.id });

/** How many runs there are, how many of them go on, how many failed lately. */
function Runs({ row }: { row: ListedExperiment }) {
  if (row.runs === 0) return <span className="muted">–</span>;
  return (
    <span className={styles.runs}>
      {row.running > 0 && (
        <span className={styles.running} title={`${plural(row.running, "run")} running now`}>
          <span aria-hidden="true">◐</span> {formatCount(row.running)}
          <span className="visually-hidden"> running</span>
        </span>
      )}
      {row.failed > 0 && (
        <span className={styles.failed} title={`${plural(row.failed, "run")} of the last 7 days failed`}>
          <span aria-hidden="true">✕</span> {formatCount(row.failed)}
          <span className="visually-hidden"> failed in the last 7 days</span>
        </span>
      )}
      <span>
        {formatCount(row.runs)}
        {row.runs >= COUNTED && "+"}
      </span>
    </span>
  );
}

function Quickstart() {
  const code = `import mlflow

mlflow.set_tracking_uri("${pageUrl().replace(/\/$/, "")}")
mlflow.set_experiment("my-first-experiment")

with mlflow.start_run():
    mlflow.log_param("learning_rate", 0.01)
    mlflow.log_metric("accuracy", 0.93)`;
  return (
    <Empty title="Log your first run" code={code}>
      Run this anywhere that reaches this server: the experiment appears here by itself.
    </Empty>
  );
}
