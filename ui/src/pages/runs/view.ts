/** The state of the runs table, as it stands in the address: filter, sort, columns, active or trash. */
import { quoteKey } from "../../api/runs";
import type { State } from "../../api/experiments";

export type ColumnKind = "metric" | "param" | "tag" | "attribute";

export interface ColumnKey {
  kind: ColumnKind;
  key: string;
}

export interface SortKey {
  /** `metrics.acc`, `params.lr`, `tags.team` or the name of an attribute. */
  field: string;
  descending: boolean;
}

export interface RunsView {
  q: string;
  sort: SortKey[];
  /** Undefined: the default columns. */
  cols: ColumnKey[] | undefined;
  state: State;
}

const KINDS: Record<string, ColumnKind> = { m: "metric", p: "param", t: "tag", a: "attribute" };
const LETTERS: Record<ColumnKind, string> = { metric: "m", param: "p", tag: "t", attribute: "a" };
const STATES: readonly string[] = ["active", "trash", "all"];

/** Attributes that can be columns, and the name under which the server sorts them (if it can). */
export const ATTRIBUTES: Record<string, { title: string; field?: string }> = {
  started: { title: "Started", field: "start_time" },
  ended: { title: "Ended", field: "end_time" },
  duration: { title: "Duration" },
  status: { title: "Status", field: "status" },
  user: { title: "User", field: "user_id" },
  run_id: { title: "Run ID", field: "run_id" },
  experiment: { title: "Experiment" },
  source: { title: "Source", field: "tags.mlflow.source.name" },
  commit: { title: "Commit", field: "tags.mlflow.source.git.commit" },
  dataset: { title: "Dataset" },
  models: { title: "Models" },
  description: { title: "Description", field: "tags.mlflow.note.content" },
};

const SORTABLE_ATTRIBUTES = new Set(["start_time", "end_time", "status", "user_id", "run_id", "run_name"]);

/** The field by which the server sorts a column, or undefined when it cannot. */
export function sortField(column: ColumnKey): string | undefined {
  switch (column.kind) {
    case "metric":
      return `metrics.${column.key}`;
    case "param":
      return `params.${column.key}`;
    case "tag":
      return `tags.${column.key}`;
    case "attribute":
      return ATTRIBUTES[column.key]?.field;
  }
}

export function columnId(column: ColumnKey): string {
  return `${LETTERS[column.kind]}:${column.key}`;
}

/** Keys may hold the comma that separates them in the address. */
function escapeKey(key: string): string {
  return key.replace(/[\\,]/g, (character) => `\\${character}`);
}

function splitKeys(text: string): string[] {
  return (text.match(/(?:\\.|[^,\\])+/g) ?? []).map((item) => item.replace(/\\(.)/g, "$1"));
}

function parseColumn(text: string): ColumnKey | undefined {
  const kind = KINDS[text.slice(0, text.indexOf(":"))];
  const key = text.slice(text.indexOf(":") + 1);
  if (!kind || !key || (kind === "attribute" && !(key in ATTRIBUTES))) return undefined;
  return { kind, key };
}

function parseSort(text: string): SortKey | undefined {
  const descending = text.startsWith("-");
  const field = descending ? text.slice(1) : text;
  if (!/^(metrics|params|tags)\../s.test(field) && !SORTABLE_ATTRIBUTES.has(field)) return undefined;
  return { field, descending };
}

export interface ParsedView {
  view: RunsView;
  /** What in the address could not be used, in words. */
  problems: string[];
}

export function parseRunsView(query: ReadonlyMap<string, string>): ParsedView {
  const problems: string[] = [];
  const keep = <T>(items: string[], parse: (item: string) => T | undefined, name: string): T[] =>
    items.flatMap((item) => {
      const parsed = parse(item);
      if (parsed === undefined) problems.push(`${name}=${item}`);
      return parsed === undefined ? [] : [parsed];
    });
  const stateText = query.get("state") ?? "active";
  if (!STATES.includes(stateText)) problems.push(`state=${stateText}`);
  const cols = query.get("cols");
  return {
    view: {
      q: query.get("q") ?? "",
      sort: keep(splitKeys(query.get("sort") ?? ""), parseSort, "sort"),
      cols: cols === undefined ? undefined : keep(splitKeys(cols), parseColumn, "cols"),
      state: STATES.includes(stateText) ? (stateText as State) : "active",
    },
    problems,
  };
}

/** The view as entries of a query; what is default is undefined. */
export function printRunsView(view: RunsView): Record<"q" | "sort" | "cols" | "state", string | undefined> {
  return {
    q: view.q || undefined,
    sort: view.sort.map(({ field, descending }) => (descending ? "-" : "") + escapeKey(field)).join(",") || undefined,
    cols: view.cols?.map((column) => escapeKey(columnId(column))).join(","),
    state: view.state === "active" ? undefined : view.state,
  };
}

/**
 * MLflow's keys on the runs page, rewritten to ours. Undefined when there is nothing to rewrite.
 * Keys that have no meaning here are dropped.
 */
export function rewriteMlflowQuery(query: ReadonlyMap<string, string>): Map<string, string> | undefined {
  const foreign = ["searchFilter", "orderByKey", "orderByAsc", "startTime", "lifecycleFilter", "datasetsFilter",
    "modelVersionFilter", "compareRunsMode", "workflowType", "viewStateShareKey"];
  if (!foreign.some((key) => query.has(key))) return undefined;
  const next = new Map([...query].filter(([key]) => !foreign.includes(key)));
  const filter = query.get("searchFilter");
  if (filter) next.set("q", filter);
  const field = query.get("orderByKey")?.replace(/^attributes\./, "").replace(/^(metrics|params|tags)\.[`"](.*)[`"]$/s, "$1.$2");
  if (field && parseSort(field)) next.set("sort", (query.get("orderByAsc") === "true" ? "" : "-") + escapeKey(field));
  if (query.get("lifecycleFilter")?.toLowerCase() === "deleted") next.set("state", "trash");
  return next;
}

/** `order_by` for the server. Without a choice: newest first, which is the server's own order. */
export function orderBy(sort: readonly SortKey[]): string[] {
  return sort.map(({ field, descending }) => {
    const dot = field.indexOf(".");
    const name = dot < 0 ? `attributes.${field}` : `${field.slice(0, dot)}.${quoteKey(field.slice(dot + 1))}`;
    return `${name} ${descending ? "DESC" : "ASC"}`;
  });
}

/** What a click on a header does: best first (metrics and times descend), the other way, off. */
export function nextSort(sort: readonly SortKey[], field: string, additive: boolean): SortKey[] {
  const descendsFirst = field.startsWith("metrics.") || field.endsWith("_time");
  const present = sort.find((key) => key.field === field);
  const others = additive ? sort.filter((key) => key.field !== field) : [];
  if (!present) return [...others, { field, descending: descendsFirst }];
  if (present.descending === descendsFirst) {
    const turned = { field, descending: !descendsFirst };
    return additive ? sort.map((key) => (key.field === field ? turned : key)) : [turned];
  }
  return others;
}

/** A filter without any operator is a piece of a run's name. */
export function filterForServer(q: string): string {
  const text = q.trim();
  if (!text) return "";
  if (/[=<>!]|\b(?:like|ilike|rlike|in|is)\b/i.test(text) || /["'`]/.test(text)) return text;
  return `attributes.run_name ILIKE '%${text}%'`;
}
