import { useQueries } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { NEXT_PAGE, type RunSearch, runTable, type TablePage, type TableRow } from "../../api/tables";
import { type Below, FEW } from "./lines";
import { filterOfGroup } from "./view";

const POLL_MS = 4000;

/** What is below a row: the children of a run, the runs of a group. */
async function readBelow(search: RunSearch, row: TableRow, whole: boolean, signal: AbortSignal): Promise<TablePage> {
  const isGroup = row.kind === "group";
  const filter = isGroup ? filterOfGroup(search.filter, row.values) : search.filter;
  if (filter === undefined) throw new Error("The values of this group cannot be written in a filter.");
  const asked: RunSearch = { ...search, filter, groupBy: [], tree: !isGroup };
  const parent = isGroup ? undefined : row.id;
  const first = await runTable(asked, { parent, limit: whole ? NEXT_PAGE : FEW }, signal);
  const rows = [...first.rows];
  let next = first.next;
  while (whole && next) {
    const page = await runTable(asked, { parent, cursor: next }, signal);
    rows.push(...page.rows);
    next = page.next;
  }
  return { ...first, rows, next };
}

/** Reads what is below the open rows, and keeps it fresh. */
export function useBelow(search: RunSearch, open: ReadonlyMap<string, TableRow>, whole: ReadonlySet<string>): ReadonlyMap<string, Below> {
  const rows = useMemo(() => [...open.values()], [open]);
  const combine = useCallback(
    (results: readonly { data: TablePage | undefined; isError: boolean }[]) =>
      new Map(
        results.flatMap(({ data, isError }, at): [string, Below][] => {
          const id = rows[at]?.id ?? "";
          if (!data) return isError ? [[id, { rows: [], total: undefined, hasMore: false, failed: true }]] : [];
          return [[id, { rows: data.rows, total: data.total, hasMore: data.next !== undefined, failed: false }]];
        }),
      ),
    [rows],
  );
  return useQueries({
    queries: rows.map((row) => ({
      queryKey: ["runs", "below", search, row.id, whole.has(row.id)],
      queryFn: ({ signal }: { signal: AbortSignal }) => readBelow(search, row, whole.has(row.id), signal),
      placeholderData: (previous: TablePage | undefined) => previous,
      refetchInterval: POLL_MS,
    })),
    combine,
  });
}
