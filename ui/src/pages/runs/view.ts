/** The state of the runs table, as it stands in the address: filter, sort, columns, active or trash. */
import { LOST_TAG, quoteKey } from "../../api/runs";
import type { State } from "../../api/experiments";

export type ColumnKind = "metric" | "param" | "tag" | "attribute";

/** What of a metric's points a column shows. */
export const AGGREGATES = ["last", "min", "max", "mean", "first", "count"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export interface ColumnKey {
  kind: ColumnKind;
  key: string;
  /** Of a metric; absent is the last value. */
  aggregate?: Aggregate;
}

export interface SortKey {
  /** `metrics.acc`, `params.lr`, `tags.team` or the name of an attribute. */
  field: string;
  descending: boolean;
}

const HOUR = 3_600_000;

/** How far back a table can reach, in ms. */
export const SPANS = { "1h": HOUR, "24h": 24 * HOUR, "7d": 7 * 24 * HOUR, "30d": 30 * 24 * HOUR, "365d": 365 * 24 * HOUR } as const;
export type Since = keyof typeof SPANS;

export interface RunsView {
  q: string;
  sort: SortKey[];
  /** Undefined: the default columns. */
  cols: ColumnKey[] | undefined;
  state: State;
  /** How far back runs may have started: a key of `SPANS`. Absent is any time. */
  since: Since | undefined;
  /** One row for each combination of values of these columns. */
  group: ColumnKey[];
  /** All runs alike, though some have parents. */
  flat: boolean;
}

const KINDS: Record<string, ColumnKind> = { m: "metric", p: "param", t: "tag", a: "attribute" };
const LETTERS: Record<ColumnKind, string> = { metric: "m", param: "p", tag: "t", attribute: "a" };
const STATES: readonly string[] = ["active", "trash", "all"];

interface Attribute {
  title: string;
  /** The name under which the server sorts it, if it can. */
  field?: string;
  /** The columns of the server that it is made of; what every row has needs none. */
  columns?: string[];
  /** The column by which runs can be grouped. */
  group?: string;
}

const USER = "tags.mlflow.user";
const SOURCE = "tags.mlflow.source.name";
const COMMIT = "tags.mlflow.source.git.commit";
const NOTE = "tags.mlflow.note.content";

/** Attributes that can be columns. */
export const ATTRIBUTES: Record<string, Attribute> = {
  started: { title: "Started", field: "start_time" },
  ended: { title: "Ended", field: "end_time" },
  duration: { title: "Duration" },
  status: { title: "Status", field: "status", group: "status" },
  user: { title: "User", field: "user_id", columns: ["user_id", USER], group: "user_id" },
  run_id: { title: "Run ID", field: "run_id" },
  experiment: { title: "Experiment" },
  source: { title: "Source", field: SOURCE, columns: [SOURCE] },
  commit: { title: "Commit", field: COMMIT, columns: [COMMIT] },
  dataset: { title: "Dataset", columns: ["datasets.name", "datasets.digest"], group: "datasets.name" },
  models: { title: "Models" },
  description: { title: "Description", field: NOTE, columns: [NOTE] },
};

/** Tells runs whose client died from those that were killed. */
export const LOST = `tags.${LOST_TAG}`;

const SORTABLE_ATTRIBUTES = new Set(["start_time", "end_time", "status", "user_id", "run_id", "run_name"]);

/** Splits `loss:max` into the key and the aggregate; a suffix that is none belongs to the key. */
function splitAggregate(text: string): [key: string, aggregate: Aggregate | undefined] {
  const colon = text.lastIndexOf(":");
  const aggregate = AGGREGATES.find((name) => colon > 0 && name === text.slice(colon + 1));
  return aggregate ? [text.slice(0, colon), aggregate === "last" ? undefined : aggregate] : [text, undefined];
}

/** The key with its aggregate; `last` is written only after a key that ends like one. */
function joinAggregate(key: string, aggregate: Aggregate | undefined): string {
  if (aggregate && aggregate !== "last") return `${key}:${aggregate}`;
  return splitAggregate(key)[0] === key ? key : `${key}:last`;
}

/** The field by which the server sorts a column, or undefined when it cannot. */
export function sortField(column: ColumnKey): string | undefined {
  switch (column.kind) {
    case "metric":
      return `metrics.${joinAggregate(column.key, column.aggregate)}`;
    case "param":
      return `params.${column.key}`;
    case "tag":
      return `tags.${column.key}`;
    case "attribute":
      return ATTRIBUTES[column.key]?.field;
  }
}

export function columnId(column: ColumnKey): string {
  return `${LETTERS[column.kind]}:${column.kind === "metric" ? joinAggregate(column.key, column.aggregate) : column.key}`;
}

/** The text by which the server knows a metric, parameter or tag. */
export function columnText(column: ColumnKey): string {
  const aggregate = column.aggregate && column.aggregate !== "last" ? `:${column.aggregate}` : "";
  return `${column.kind}s.${quoteKey(column.key)}${aggregate}`;
}

/** Everything that a column needs from the server. */
export function columnTexts(column: ColumnKey): string[] {
  return column.kind === "attribute" ? (ATTRIBUTES[column.key]?.columns ?? []) : [columnText(column)];
}

/** The text by which the server groups by a column. */
export function groupText(column: ColumnKey): string {
  return column.kind === "attribute" ? (ATTRIBUTES[column.key]?.group ?? column.key) : columnText(column);
}

/** A column from the server's text, as ``params.`a b` ``. */
export function columnOfText(text: string): ColumnKey | undefined {
  const found = /^(metric|param|tag)s\.([`"']?)(.*)\2$/s.exec(text);
  return found ? { kind: found[1] as ColumnKind, key: found[3] ?? "" } : undefined;
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
  if (kind !== "metric") return { kind, key };
  const [name, aggregate] = splitAggregate(key);
  return aggregate ? { kind, key: name, aggregate } : { kind, key: name };
}

function parseGroup(text: string): ColumnKey | undefined {
  const column = parseColumn(text);
  if (column?.kind === "metric" || (column?.kind === "attribute" && !ATTRIBUTES[column.key]?.group)) return undefined;
  return column;
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
  const since = query.get("since");
  const isSpan = (text: string): text is Since => text in SPANS;
  if (since !== undefined && !isSpan(since)) problems.push(`since=${since}`);
  return {
    view: {
      q: query.get("q") ?? "",
      sort: keep(splitKeys(query.get("sort") ?? ""), parseSort, "sort"),
      cols: cols === undefined ? undefined : keep(splitKeys(cols), parseColumn, "cols"),
      state: STATES.includes(stateText) ? (stateText as State) : "active",
      since: since !== undefined && isSpan(since) ? since : undefined,
      group: keep(splitKeys(query.get("group") ?? ""), parseGroup, "group"),
      flat: query.get("flat") === "1",
    },
    problems,
  };
}

function printColumns(columns: readonly ColumnKey[] | undefined): string | undefined {
  return columns?.map((column) => escapeKey(columnId(column))).join(",");
}

/** The view as entries of a query; what is default is undefined. */
export function printRunsView(view: RunsView): Record<"q" | "sort" | "cols" | "state" | "since" | "group" | "flat", string | undefined> {
  return {
    q: view.q || undefined,
    sort: view.sort.map(({ field, descending }) => (descending ? "-" : "") + escapeKey(field)).join(",") || undefined,
    cols: printColumns(view.cols),
    state: view.state === "active" ? undefined : view.state,
    since: view.since,
    group: printColumns(view.group) || undefined,
    flat: view.flat ? "1" : undefined,
  };
}

/** MLflow's names of the spans that it offers. */
const MLFLOW_SPANS: Record<string, Since | undefined> = {
  LAST_HOUR: "1h",
  LAST_24_HOURS: "24h",
  LAST_7_DAYS: "7d",
  LAST_30_DAYS: "30d",
  LAST_YEAR: "365d",
};

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
  const span = MLFLOW_SPANS[query.get("startTime") ?? ""];
  if (span) next.set("since", span);
  if (query.get("lifecycleFilter")?.toLowerCase() === "deleted") next.set("state", "trash");
  return next;
}

/** `order_by` for the server. Without a choice: newest first, which is the server's own order. */
export function orderBy(sort: readonly SortKey[]): string[] {
  return sort.map(({ field, descending }) => {
    const dot = field.indexOf(".");
    const kind = field.slice(0, dot);
    const [key, aggregate] = kind === "metrics" ? splitAggregate(field.slice(dot + 1)) : [field.slice(dot + 1), undefined];
    const name = dot < 0 ? `attributes.${field}` : `${kind}.${quoteKey(key)}${aggregate ? `:${aggregate}` : ""}`;
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

/** A text without any operator or quote is a piece of a run's name. */
export function isNamePiece(q: string): boolean {
  return !/[=<>!"'`]|\b(?:like|ilike|rlike|in|is|between)\b/i.test(q);
}

export function filterForServer(q: string): string {
  const text = q.trim();
  return text && isNamePiece(text) ? `attributes.run_name ILIKE '%${text}%'` : text;
}

/** The filter for the runs of one group, or undefined when a value cannot be written in it. */
export function filterOfGroup(filter: string, values: Readonly<Record<string, string | number | null>>): string | undefined {
  const clauses: string[] = filter ? [`(${filter})`] : [];
  for (const [column, value] of Object.entries(values)) {
    const text = String(value);
    if (value === null) clauses.push(`${column} IS NULL`);
    else if (!text.includes("'")) clauses.push(`${column} = '${text}'`);
    else if (!text.includes('"')) clauses.push(`${column} = "${text}"`);
    else return undefined;
  }
  return clauses.join(" AND ");
}
