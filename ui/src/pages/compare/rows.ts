/** The rows of a comparison, from what the server has of the runs. Pure functions. */
import type { ComparisonReply } from "../../api/schema";
import { columnDigits, formatNumber, numberFromWire } from "../../lib/numbers";

export interface ComparedRow {
  key: string;
  isNumeric: boolean;
  /** Whether the runs differ in it; lacking it is a difference. */
  varies: boolean;
  cells: { text: string; full: string | undefined }[];
}

export interface Section {
  title: string;
  rows: ComparedRow[];
}

type Values = readonly (number | string | null)[];

function texts(values: Values): ComparedRow["cells"] {
  return values.map((value) => (value === null ? { text: "–", full: undefined } : { text: String(value) || '""', full: String(value) }));
}

function numbers(values: Values): ComparedRow["cells"] {
  const known = values.map((value) => (value === null ? undefined : numberFromWire(value)));
  const digits = columnDigits(known.filter((value) => value !== undefined));
  return known.map((value) => (value === undefined ? { text: "–", full: undefined } : { text: formatNumber(value, digits), full: String(value) }));
}

/** Metrics, parameters and tags with their values in the order of the runs; the client's own tags are left out. */
export function sectionsOf(found: ComparisonReply): Section[] {
  const varying = (kind: string): Set<string> => new Set(found.varies?.[kind] ?? []);
  const [metrics, params, tags] = [varying("metrics"), varying("params"), varying("tags")];
  const rows = (values: Record<string, Values>, differ: ReadonlySet<string>, isNumeric: boolean): ComparedRow[] =>
    Object.entries(values).map(([key, each]) => ({ key, isNumeric, varies: differ.has(key), cells: isNumeric ? numbers(each) : texts(each) }));
  const last = Object.fromEntries(Object.entries(found.metrics ?? {}).map(([key, aggregates]) => [key, aggregates.last ?? []]));
  const own = Object.fromEntries(Object.entries(found.tags ?? {}).filter(([key]) => !key.startsWith("mlflow.")));
  return [
    { title: "Metrics", rows: rows(last, metrics, true) },
    { title: "Parameters", rows: rows(found.params ?? {}, params, false) },
    { title: "Tags", rows: rows(own, tags, false) },
  ];
}
