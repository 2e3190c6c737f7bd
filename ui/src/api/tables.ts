/** Tables: the columns that are asked for, of runs and experiments, and what there is to ask for. */
import { numberFromWire } from "../lib/numbers";
import { call, serverUrl } from "./client";
import type { State } from "./experiments";
import type { RunStatus } from "./runs";
import type { ComparisonReply, FilterReply, RunTableReply, WireKey, WireRunGroups, WireRunRows, WireValueCount } from "./schema";

/** A metric is a number (NaN and infinities too), a parameter and a tag a text; `null` is missing. */
export type Cell = number | string | null;

export interface ChildValues {
  min: Cell;
  max: Cell;
  mean: Cell;
  known: number;
}

export interface TableRun {
  kind: "run";
  id: string;
  experimentId: string;
  name: string;
  status: RunStatus;
  start: number | undefined;
  end: number | undefined;
  /** By the text of the column. */
  cells: Record<string, Cell>;
  /** In a tree, the number of children by status. */
  children: Record<string, number>;
  /** In a tree: it does not match, but a run below it does. */
  isContext: boolean;
  /** In a tree, what the matching children have of each metric. */
  childCells: Record<string, ChildValues>;
}

export interface GroupValues {
  known: number;
  mean: number | null;
  sd: number | null;
  min: number | null;
  max: number | null;
}

export interface RunGroup {
  kind: "group";
  id: string;
  values: Record<string, Cell>;
  runs: number;
  metrics: Record<string, GroupValues>;
}

export type TableRow = TableRun | RunGroup;

export interface TablePage {
  rows: TableRow[];
  next: string | undefined;
  /** Of all pages; known with the first one. */
  total: number | undefined;
  isTotalExact: boolean;
  hasTree: boolean;
  /** Time the server took. */
  ms: number;
}

export interface RunSearch {
  experimentIds: readonly string[];
  filter: string;
  orderBy: readonly string[];
  state: State;
  /** Earliest start, in ms. */
  since: number | undefined;
  columns: readonly string[];
  tree: boolean;
  groupBy: readonly string[];
}

/** The first page is small, so that it is on screen at once; the rest comes in large pieces. */
export const FIRST_PAGE = 100;
export const NEXT_PAGE = 1000;

interface PageOptions {
  cursor?: string;
  limit?: number;
  parent?: string;
  runIds?: readonly string[];
}

export async function runTable(search: RunSearch, options: PageOptions, signal?: AbortSignal): Promise<TablePage> {
  const { cursor, parent, runIds, limit = cursor === undefined ? FIRST_PAGE : NEXT_PAGE } = options;
  const reply = await call(
    "POST headrace/runs/table",
    {
      experiment_ids: [...search.experimentIds],
      filter: search.filter,
      order_by: [...search.orderBy],
      state: search.state,
      since: search.since ?? null,
      columns: [...search.columns],
      tree: search.tree && !runIds,
      group_by: [...search.groupBy],
      parent: parent ?? "",
      run_ids: runIds ? [...runIds] : null,
      limit,
      cursor: cursor ?? "",
    },
    signal,
  );
  return tablePage(reply);
}

/** How many runs have a run as their parent. */
export async function countChildren(experimentId: string, parent: string, signal?: AbortSignal): Promise<number> {
  return (await call("POST headrace/runs/table", { experiment_ids: [experimentId], parent, limit: 1 }, signal)).total ?? 0;
}

export function tablePage(reply: RunTableReply): TablePage {
  return {
    rows: reply.groups ? groupRows(reply.groups) : runRows(reply),
    next: reply.next_cursor || undefined,
    total: reply.total ?? undefined,
    isTotalExact: reply.is_total_exact ?? true,
    hasTree: reply.has_tree ?? false,
    ms: reply.ms ?? 0,
  };
}

function cellOf(column: string, cell: Cell | undefined): Cell {
  return cell === undefined || cell === null ? null : column.startsWith("metrics.") ? numberFromWire(cell) : cell;
}

function runRows(rows: WireRunRows): TableRun[] {
  const columns = Object.entries(rows.cells ?? {});
  const childColumns = Object.entries(rows.child_cells ?? {});
  return (rows.run_id ?? []).map((id, at) => ({
    kind: "run",
    id,
    experimentId: rows.experiment_id?.[at] ?? "",
    name: rows.name?.[at] || id,
    status: (rows.status?.[at] ?? "RUNNING") as RunStatus,
    start: rows.start?.[at] || undefined,
    end: rows.end?.[at] ?? undefined,
    cells: Object.fromEntries(columns.map(([column, cells]) => [column, cellOf(column, cells[at])])),
    children: rows.children?.[at] ?? {},
    isContext: rows.context?.[at] ?? false,
    childCells: Object.fromEntries(
      childColumns.map(([column, { min, max, mean, known }]) => [
        column,
        { min: cellOf(column, min[at]), max: cellOf(column, max[at]), mean: cellOf(column, mean[at]), known: known[at] ?? 0 },
      ]),
    ),
  }));
}

function groupRows(groups: WireRunGroups): RunGroup[] {
  const values = Object.entries(groups.values);
  const metrics = Object.entries(groups.metrics);
  return groups.runs.map((runs, at) => {
    const own = Object.fromEntries(values.map(([column, cells]) => [column, cells[at] ?? null]));
    return {
      kind: "group",
      id: `group ${JSON.stringify(Object.values(own))}`,
      values: own,
      runs,
      metrics: Object.fromEntries(
        metrics.map(([column, { known, mean, sd, min, max }]) => [
          column,
          { known: known[at] ?? 0, mean: mean[at] ?? null, sd: sd[at] ?? null, min: min[at] ?? null, max: max[at] ?? null },
        ]),
      ),
    };
  });
}

/** The address of all matching rows as a CSV file. */
export function csvUrl(search: RunSearch, columns: readonly string[]): string {
  return serverUrl("api/1.0/headrace/runs/table.csv", {
    experiment_ids: [...search.experimentIds],
    filter: search.filter || undefined,
    state: search.state,
    since: search.since,
    columns: [...columns],
    order_by: [...search.orderBy],
  });
}

export type KeyKind = "metrics" | "params" | "tags";

export interface RunKeys {
  keys: WireKey[];
  total: number;
  /** Texts of columns that tell the newest runs apart. */
  defaults: string[];
}

export async function runKeys(
  experimentIds: readonly string[],
  { kind, q, limit }: { kind?: KeyKind; q?: string; limit: number },
  signal?: AbortSignal,
): Promise<RunKeys> {
  return call("GET headrace/runs/keys", { experiment_id: [...experimentIds].slice(0, 50), kind, q: q || undefined, limit }, signal);
}

/** Values of a parameter, a tag, `status` or `run_name`, and how many runs have them. */
export async function runValues(experimentIds: readonly string[], key: string, prefix: string, signal?: AbortSignal): Promise<WireValueCount[]> {
  const values = { experiment_id: [...experimentIds].slice(0, 50), key, prefix: prefix || undefined, limit: 20 };
  return (await call("GET headrace/runs/values", values, signal)).values;
}

export function checkFilter(entity: string, filter: string, signal?: AbortSignal): Promise<FilterReply> {
  return call("POST headrace/filter/check", { entity, filter }, signal);
}

export function compareRuns(runIds: readonly string[], signal?: AbortSignal): Promise<ComparisonReply> {
  return call("POST headrace/runs/compare", { run_ids: [...runIds], aggregates: ["last"] }, signal);
}
