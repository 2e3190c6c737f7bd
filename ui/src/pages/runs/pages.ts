/** The loaded pages of a run list, and how live news gets into them. Pure functions on what the query holds. */
import { FIRST_PAGE, type TablePage, type TableRow } from "../../api/tables";

/** All rows in order. Pages may overlap when runs came in between; the first place counts. */
export function allRows(pages: readonly TablePage[]): TableRow[] {
  const seen = new Set<string>();
  const rows: TableRow[] = [];
  for (const page of pages) {
    for (const row of page.rows) {
      if (seen.has(row.id)) continue;
      seen.add(row.id);
      rows.push(row);
    }
  }
  return rows;
}

/** The old object when nothing changed, so that its row is not drawn again. */
function keepSame(old: TableRow | undefined, fresh: TableRow): TableRow {
  return old !== undefined && JSON.stringify(old) === JSON.stringify(fresh) ? old : fresh;
}

function byId(pages: readonly TablePage[]): Map<string, TableRow> {
  return new Map(pages.flatMap((page) => page.rows.map((row) => [row.id, row] as const)));
}

/** Puts fresh values into the rows where they are. Nothing moves; says how many of the fresh rows are not loaded. */
export function updateInPlace(pages: readonly TablePage[], fresh: readonly TableRow[]): { pages: readonly TablePage[]; added: number } {
  const loaded = byId(pages);
  const news = new Map<string, TableRow>();
  let added = 0;
  for (const row of fresh) {
    const old = loaded.get(row.id);
    if (old === undefined) added++;
    else if (keepSame(old, row) !== old) news.set(row.id, row);
  }
  if (news.size === 0) return { pages, added };
  return {
    pages: pages.map((page) =>
      page.rows.some((row) => news.has(row.id)) ? { ...page, rows: page.rows.map((row) => news.get(row.id) ?? row) } : page,
    ),
    added,
  };
}

/**
 * Takes over a fresh first page: its order, its new rows, and what is gone from it. Rows that new ones pushed
 * off its end stay, right behind it.
 */
export function adoptFirstPage(pages: readonly TablePage[], fresh: TablePage): readonly TablePage[] {
  const [first, ...rest] = pages;
  if (first === undefined) return [fresh];
  const loaded = byId(pages);
  const rows = fresh.rows.map((row) => keepSame(loaded.get(row.id), row));
  const isFresh = new Set(rows.map((row) => row.id));
  const isWhole = fresh.rows.length < FIRST_PAGE && fresh.next === undefined;
  const lastKept = first.rows.findLastIndex((row) => isFresh.has(row.id));
  const pushedOff = isWhole ? [] : first.rows.slice(lastKept + 1).filter((row) => !isFresh.has(row.id));
  const nextRows = [...rows, ...pushedOff];
  const same = nextRows.length === first.rows.length && nextRows.every((row, index) => row === first.rows[index]);
  const nextFirst =
    same && first.next === fresh.next && first.total === fresh.total && first.hasTree === fresh.hasTree
      ? first
      : { ...fresh, rows: nextRows, next: rest.length > 0 ? first.next : fresh.next };
  if (isWhole) return rest.length === 0 && nextFirst === first ? pages : [nextFirst];
  return nextFirst === first ? pages : [nextFirst, ...rest];
}

/** Takes runs out, wherever they are. */
export function withoutRuns(pages: readonly TablePage[], ids: ReadonlySet<string>): readonly TablePage[] {
  const gone = pages.reduce((sum, page) => sum + page.rows.filter((row) => ids.has(row.id)).length, 0);
  return pages.map((page) => ({
    ...page,
    rows: page.rows.filter((row) => !ids.has(row.id)),
    total: page.total === undefined ? undefined : Math.max(0, page.total - gone),
  }));
}
