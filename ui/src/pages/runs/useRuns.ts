import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type RunSearch, runTable, type TablePage, type TableRow, type TableRun } from "../../api/tables";
import { usePolling } from "../../state/live";
import { adoptFirstPage, allRows, updateInPlace, withoutRuns } from "./pages";

type Pages = InfiniteData<TablePage, string | undefined>;

const POLL_MS = 2000;
/** How many running runs beyond the first page are asked for at once. */
const MOST_RUNNING = 100;

export interface Runs {
  rows: readonly TableRow[];
  loaded: boolean;
  hasMore: boolean;
  loading: boolean;
  /** The rows are those of the search before. */
  stale: boolean;
  error: unknown;
  /** How many match in all, and whether there may be more. */
  total: number | undefined;
  isTotalExact: boolean;
  /** Whether any run has a parent. */
  hasTree: boolean;
  /** New runs that wait outside the table, because it must not move now. */
  waiting: number;
  /** How long the server took for the last first page, in ms. */
  took: number | undefined;
  showWaiting: () => void;
  loadMore: () => void;
  retry: () => void;
  remove: (ids: ReadonlySet<string>) => Promise<void>;
  reload: () => Promise<void>;
}

/**
 * The runs of a search: page after page as the table scrolls, and live while the page is visible.
 *
 * `mayMove` says whether rows may change places now: not under the pointer, not with a selection, not scrolled down.
 * Nothing is asked while `ready` is false: which columns are wanted is not known yet.
 */
export function useRuns(search: RunSearch, ready: boolean, mayMove: () => boolean): Runs {
  const client = useQueryClient();
  const key = useMemo(() => ["runs", search], [search]);
  const [waiting, setWaiting] = useState(0);
  const before = useRef<readonly TableRow[]>([]);
  const question = useRef("");
  const asked = JSON.stringify({ ...search, columns: [] });

  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => runTable(search, { cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    // Polling keeps it fresh; a refetch would load every page again.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnReconnect: false,
    enabled: ready,
  });

  const rows = useMemo(() => (list.data ? allRows(list.data.pages) : undefined), [list.data]);
  useEffect(() => {
    if (!rows) return;
    before.current = rows;
    question.current = asked;
  }, [rows, asked]);
  useEffect(() => setWaiting(0), [key]);

  const change = useCallback(
    (edit: (pages: readonly TablePage[]) => readonly TablePage[]) => {
      client.setQueryData<Pages>(key, (data) => {
        if (!data) return data;
        const pages = edit(data.pages);
        if (pages === data.pages) return data;
        return { pages: [...pages], pageParams: data.pageParams.slice(0, pages.length) };
      });
    },
    [client, key],
  );

  const poll = useCallback(
    async (adopt: () => boolean) => {
      const fresh = await runTable(search, {});
      if (adopt()) {
        change((pages) => adoptFirstPage(pages, fresh));
        setWaiting(0);
      } else {
        change((pages) => {
          const { pages: next, added } = updateInPlace(pages, fresh.rows);
          setWaiting(added);
          return next;
        });
      }
      const first = new Set(fresh.rows.map((row) => row.id));
      const running = new Map<string, TableRun>();
      for (const row of before.current) {
        if (row.kind === "run" && row.status === "RUNNING" && !first.has(row.id) && running.size < MOST_RUNNING) running.set(row.id, row);
      }
      if (running.size === 0) return;
      const rest = await runTable({ ...search, filter: "", orderBy: [], state: "all", since: undefined }, { runIds: [...running.keys()] });
      const news = rest.rows.map((row): TableRow => {
        const old = running.get(row.id);
        // Asked for by id, a run comes without its place in the tree.
        return old && row.kind === "run" ? { ...row, children: old.children, childCells: old.childCells, isContext: old.isContext } : row;
      });
      change((pages) => updateInPlace(pages, news).pages);
    },
    [search, change],
  );

  const live = useRef(mayMove);
  live.current = mayMove;
  const tick = useCallback(() => poll(() => live.current()), [poll]);
  usePolling(tick, POLL_MS, list.data !== undefined);

  const { fetchNextPage } = list;
  const first = list.data?.pages[0];
  return {
    rows: rows ?? before.current,
    loaded: rows !== undefined,
    hasMore: rows !== undefined && list.hasNextPage && !list.isFetchNextPageError,
    loading: list.isFetching || !ready,
    // Another set of columns leaves the rows what they are.
    stale: rows === undefined && question.current !== asked,
    error: list.error,
    total: first?.total,
    isTotalExact: first?.isTotalExact ?? true,
    hasTree: first?.hasTree ?? false,
    waiting,
    took: first?.ms,
    showWaiting: useCallback(() => void poll(() => true), [poll]),
    loadMore: useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]),
    retry: useCallback(() => void (rows === undefined ? list.refetch() : fetchNextPage()), [rows, list, fetchNextPage]),
    remove: useCallback(
      async (ids) => {
        // A page on its way would bring back what it was asked beside.
        await client.cancelQueries({ queryKey: key });
        change((pages) => withoutRuns(pages, ids));
        await client.invalidateQueries({ queryKey: ["runs", "below"] });
      },
      [change, client, key],
    ),
    reload: useCallback(async () => {
      await Promise.all([poll(() => true), client.invalidateQueries({ queryKey: ["runs", "below"] })]);
    }, [poll, client]),
  };
}
