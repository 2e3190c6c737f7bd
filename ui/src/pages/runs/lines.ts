/** The lines of the table: runs, groups, and what is open below them. */
import type { RunGroup, TableRow, TableRun } from "../../api/tables";

/** How many children are shown before all are asked for. */
export const FEW = 50;

export interface RunLine {
  kind: "run";
  id: string;
  run: TableRun;
  depth: number;
  /** Undefined: there is nothing to open. */
  isOpen: boolean | undefined;
}

export interface GroupLine {
  kind: "group";
  id: string;
  group: RunGroup;
  depth: 0;
  isOpen: boolean;
}

/** Stands for what is below a line and not there: because it is being loaded, failed, or is more than a few. */
export interface MoreLine {
  kind: "more";
  id: string;
  of: string;
  depth: number;
  state: "loading" | "failed" | "few";
  total: number | undefined;
  isOpen: undefined;
}

export type Line = RunLine | GroupLine | MoreLine;

/** What is known of the rows below an open line. */
export interface Below {
  rows: readonly TableRow[];
  total: number | undefined;
  hasMore: boolean;
  failed: boolean;
}

export function childCount(run: TableRun): number {
  return Object.values(run.children).reduce((sum, count) => sum + count, 0);
}

/** Rows with those below the open ones, in the order in which they stand on screen. */
export function linesOf(rows: readonly TableRow[], open: ReadonlySet<string>, below: ReadonlyMap<string, Below>): Line[] {
  const lines: Line[] = [];
  const add = (row: TableRow, depth: number): void => {
    const isOpen = open.has(row.id);
    if (row.kind === "group") lines.push({ kind: "group", id: row.id, group: row, depth: 0, isOpen });
    else lines.push({ kind: "run", id: row.id, run: row, depth, isOpen: childCount(row) > 0 ? isOpen : undefined });
    if (!isOpen || (row.kind === "run" && childCount(row) === 0)) return;
    const found = below.get(row.id);
    for (const child of found?.rows ?? []) add(child, depth + 1);
    const more = { kind: "more", id: `more ${row.id}`, of: row.id, depth: depth + 1, total: found?.total, isOpen: undefined } as const;
    if (!found || found.failed) lines.push({ ...more, state: found ? "failed" : "loading" });
    else if (found.hasMore) lines.push({ ...more, state: "few" });
  };
  for (const row of rows) add(row, 0);
  return lines;
}
