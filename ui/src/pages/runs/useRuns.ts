import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type RunPage, type RunRow, type RunSearch, searchRuns } from "../../api/runs";
import { usePolling } from "../../state/live";
import { adoptFirstPage, allRows, updateInPlace, withoutRuns } from "./pages";

type Pages = InfiniteData<RunPage, string | undefined>;

const POLL_MS = 2000;
/** How many running runs beyond the first page are asked for at once. */
const MOST_RUNNING = 100;

export interface Runs {
  rows: readonly RunRow[];
  loaded: boolean;
  hasMore: boolean;
  loading: boolean;
  /** The rows are those of the search before. */
  stale: boolean;
  error: unknown;
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
 */
export function useRuns(search: RunSearch, mayMove: () => boolean): Runs {
  const client = useQueryClient();
  const key = useMemo(() => ["runs", search], [search]);
  const [waiting, setWaiting] = useState(0);
  const [took, setTook] = useState<number>();
  const before = useRef<readonly RunRow[]>([]);

  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: async ({ pageParam, signal }) => {
      const start = performance.now();
      const page = await searchRuns(search, pageParam, signal);
      if (pageParam === undefined) setTook(Math.round(performance.now() - start));
      return page;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    // Polling keeps it fresh; a refetch would load every page again.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnReconnect: false,
  });

  const rows = useMemo(() => (list.data ? allRows(list.data.pages) : undefined), [list.data]);
  useEffect(() => {
    if (rows) before.current = rows;
  }, [rows]);
  useEffect(() => setWaiting(0), [key]);

  const change = useCallback(
    (edit: (pages: readonly RunPage[]) => readonly RunPage[]) => {
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
      const fresh = await searchRuns(search, undefined);
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
      const running = before.current.filter((row) => row.status === "RUNNING" && !first.has(row.id)).slice(0, MOST_RUNNING);
      if (running.length === 0) return;
      const ids = running.map((row) => `'${row.id}'`).join(", ");
      const rest = await searchRuns({ ...search, filter: `attributes.run_id IN (${ids})`, orderBy: [] }, undefined);
      change((pages) => updateInPlace(pages, rest.rows).pages);
    },
    [search, change],
  );

  const live = useRef(mayMove);
  live.current = mayMove;
  const tick = useCallback(() => poll(() => live.current()), [poll]);
  usePolling(tick, POLL_MS, list.data !== undefined);

  const { fetchNextPage } = list;
  return {
    rows: rows ?? before.current,
    loaded: rows !== undefined,
    hasMore: rows !== undefined && list.hasNextPage && !list.isFetchNextPageError,
    loading: list.isFetching,
    stale: rows === undefined,
    error: list.error,
    waiting,
    took,
    showWaiting: useCallback(() => void poll(() => true), [poll]),
    loadMore: useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]),
    retry: useCallback(() => void (rows === undefined ? list.refetch() : fetchNextPage()), [rows, list, fetchNextPage]),
    remove: useCallback(
      async (ids) => {
        // A page on its way would bring back what it was asked beside.
        await client.cancelQueries({ queryKey: key });
        change((pages) => withoutRuns(pages, ids));
        // What follows has moved up: without reading the last page again, the next one would leave a gap.
        const params = client.getQueryData<Pages>(key)?.pageParams ?? [];
        const last = params.at(-1);
        if (last === undefined) return;
        const fresh = await searchRuns(search, last);
        change((pages) => [...pages.slice(0, -1), fresh]);
      },
      [change, client, key, search],
    ),
    reload: useCallback(() => poll(() => true), [poll]),
  };
}
