import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { deleteModel, type ModelRow, modelTable, restoreModel } from "../../api/registeredModels";
import { pageUrl } from "../../api/client";
import { type Column, Grid } from "../../components/grid/Grid";
import type { Selection } from "../../components/grid/selection";
import { Page } from "../../components/Page";
import { actName } from "../../components/registry/acts";
import { Requests } from "../../components/registry/Requests";
import { StateSwitch } from "../../components/StateSwitch";
import { TagList } from "../../components/TagList";
import bar from "../../components/Toolbar.module.css";
import { Button } from "../../components/ui/Button";
import { SearchBox } from "../../components/ui/Field";
import { TimeAgo } from "../../components/ui/Marks";
import { Empty, Failure, NoMatch } from "../../components/ui/States";
import { useAct } from "../../components/ui/Toast";
import { useDebounced } from "../../hooks/useDebounced";
import { useNarrow } from "../../hooks/useNarrow";
import { formatCount, plural } from "../../lib/numbers";
import { plainSummary } from "../../lib/text";
import { navigate, navigateQuery, useLocation } from "../../state/location";
import { printRoute } from "../../state/routes";
import { CreateModelDialog } from "./CreateModelDialog";
import styles from "./ModelsPage.module.css";

const SORTS = new Set(["name", "last_decision"]);
const FIRST = "-last_decision";

/** `/models`: every registered model, with what holds its stages and what was decided last. */
export default function ModelsPage() {
  const { query } = useLocation();
  const q = query.get("q") ?? "";
  const state = query.get("state") === "trash" ? "trash" : "active";
  const sortText = query.get("sort") ?? FIRST;
  const field = sortText.replace(/^-/, "");
  const sort = SORTS.has(field) ? { field, descending: sortText.startsWith("-") } : { field: "last_decision", descending: true };
  const search = useDebounced(q, 120);
  const client = useQueryClient();
  const act = useAct();
  const narrow = useNarrow();
  const grid = useRef<HTMLDivElement>(null);
  const [selection, setSelection] = useState<Selection>(new Set());
  const [creating, setCreating] = useState(false);

  const orderBy = `${sort.field} ${sort.descending ? "DESC" : "ASC"}`;
  const list = useInfiniteQuery({
    queryKey: ["models", "table", search, state, orderBy],
    queryFn: ({ pageParam, signal }) => modelTable({ q: search, state, orderBy }, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: (previous) => previous,
    refetchInterval: 10_000,
  });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.rows) ?? [], [list.data]);
  const total = list.data?.pages[0]?.total;
  const columns = useMemo(() => modelColumns(narrow), [narrow]);

  const change = async (action: "delete" | "restore", names: readonly string[]): Promise<void> => {
    const [run, undo] = action === "delete" ? [deleteModel, restoreModel] : [restoreModel, deleteModel];
    const each = async (one: (name: string) => Promise<void>): Promise<void> => {
      try {
        for (const name of names) await one(name);
      } finally {
        await client.invalidateQueries({ queryKey: ["models"] });
      }
    };
    const what = names.length === 1 ? names[0] : plural(names.length, "model");
    const done = await act(() => each(run), `${what} ${action === "delete" ? "deleted" : "restored"}`, () => each(undo));
    if (done) setSelection(new Set());
  };

  const onSort = (clicked: string): void => {
    const descending = clicked === sort.field ? !sort.descending : clicked !== "name";
    const text = (descending ? "-" : "") + clicked;
    navigateQuery({ sort: text === FIRST ? undefined : text });
  };
  const { hasNextPage, isFetching, fetchNextPage } = list;
  const onNeedMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const nothing = list.data !== undefined && rows.length === 0 && !list.isPlaceholderData;
  const chosen = [...selection];

  return (
    <Page title="Models" fill>
      <div className={bar.head}>
        <h1>Models</h1>
        <Button look="solid" icon="plus" onClick={() => setCreating(true)}>
          Create Model
        </Button>
      </div>
      <div className={bar.toolbar} role="search">
        <SearchBox label="Filter by name" data-filter value={q} onChange={(event) => navigateQuery({ q: event.target.value || undefined }, { replace: true })} />
        <StateSwitch
          state={state}
          onChange={(next) => {
            setSelection(new Set());
            navigateQuery({ state: next === "active" ? undefined : next });
          }}
        />
      </div>
      <div className={styles.requests}>
        <Requests />
      </div>
      {chosen.length > 0 && (
        <div className={bar.selection} role="toolbar" aria-label="Selected models">
          <strong>{formatCount(chosen.length)} selected</strong>
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
        <Failure what="The models" error={list.error} onRetry={() => void list.refetch()} />
      ) : nothing && search ? (
        <NoMatch what="models" filter={search} onClear={() => navigateQuery({ q: undefined })} />
      ) : nothing && state === "trash" ? (
        <Empty title="No deleted models">Deleted models wait here until they are restored or purged.</Empty>
      ) : nothing ? (
        <Quickstart />
      ) : (
        <Grid
          label="Models"
          rows={rows}
          rowId={nameOf}
          rowName={(row) => `model ${row.name}`}
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
        />
      )}
      <footer className={bar.footer} role="status">
        {total !== undefined && !nothing && plural(total, "model")}
      </footer>
      {creating && (
        <CreateModelDialog
          onClose={() => setCreating(false)}
          onCreated={(name) => {
            setCreating(false);
            void client.invalidateQueries({ queryKey: ["models"] });
            navigate(printRoute({ page: "model", name, tab: "versions" }));
          }}
        />
      )}
    </Page>
  );
}

const nameOf = (row: ModelRow): string => row.name;
const pathOf = (row: ModelRow): string => printRoute({ page: "model", name: row.name, tab: "versions" });

function modelColumns(narrow: boolean): Column<ModelRow>[] {
  const none = <span className="muted">–</span>;
  const links = (name: string, versions: readonly string[]) =>
    versions.length === 0 ? none : versions.map((version) => <VersionLink key={version} name={name} version={version} />);
  return [
    {
      id: "name",
      title: "Name",
      width: narrow ? 208 : 280,
      sort: "name",
      cell: (row) => (
        <a className="truncate" tabIndex={-1} href={`#${pathOf(row)}`} title={row.name}>
          {row.name}
        </a>
      ),
    },
    { id: "latest", title: "Latest", width: 80, cell: (row) => (row.latest ? <VersionLink name={row.name} version={row.latest} /> : none) },
    { id: "production", title: "Production", width: 104, cell: (row) => links(row.name, row.production) },
    { id: "staging", title: "Staging", width: 88, cell: (row) => links(row.name, row.staging) },
    {
      id: "aliases",
      title: "Aliases",
      width: 232,
      cell: (row) => {
        const aliases = Object.entries(row.aliases);
        if (aliases.length === 0) return none;
        return aliases.map(([alias, version]) => (
          <span key={alias} className={styles.alias} title={`@${alias} points to version ${version}`}>
            @{alias} <span className="muted">v{version}</span>
          </span>
        ));
      },
    },
    {
      id: "last",
      title: "Last decision",
      width: 340,
      sort: "last_decision",
      cell: ({ last }) =>
        last ? (
          <span title={last.reason || undefined}>
            <TimeAgo ms={last.timestamp} /> <span className="muted">by</span> {last.actor || "unknown"}
            <span className="muted">
              {" · "}
              {actName(last.action)}
              {last.version && ` v${last.version}`}
              {last.reason && ` · ${last.reason}`}
            </span>
          </span>
        ) : (
          none
        ),
    },
    { id: "tags", title: "Tags", width: 220, cell: (row) => <TagList tags={row.tags} /> },
    {
      id: "description",
      title: "Description",
      width: 320,
      cell: (row) => {
        const text = plainSummary(row.description);
        return text ? <span title={text}>{text}</span> : none;
      },
    },
  ];
}

function VersionLink({ name, version }: { name: string; version: string }) {
  return (
    <a className={styles.version} tabIndex={-1} href={`#${printRoute({ page: "version", name, version })}`}>
      v{version}
    </a>
  );
}

function Quickstart() {
  const code = `import mlflow

mlflow.set_tracking_uri("${pageUrl().replace(/\/$/, "")}")

with mlflow.start_run():
    mlflow.sklearn.log_model(model, name="model", registered_model_name="fraud-detector")`;
  return (
    <Empty title="No models yet" code={code}>
      Register one as it is logged, or from the page of its run: it appears here with its versions, stages and every decision about it.
    </Empty>
  );
}
