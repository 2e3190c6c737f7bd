/** Which keys the loaded runs have, and which of them are worth a column. */
import type { RunRow } from "../../api/runs";
import type { ColumnKey } from "./view";

export interface KeyFacts {
  key: string;
  runs: number;
  /** Whether at least two runs differ in it. */
  varies: boolean;
}

export interface Keys {
  metrics: KeyFacts[];
  params: KeyFacts[];
  tags: KeyFacts[];
}

/** The keys of these runs with how many have them, the commonest first. */
export function collectKeys(rows: readonly RunRow[]): Keys {
  const collect = (records: (row: RunRow) => Record<string, unknown>): KeyFacts[] => {
    const facts = new Map<string, KeyFacts & { sample: unknown }>();
    for (const row of rows) {
      for (const [key, value] of Object.entries(records(row))) {
        const known = facts.get(key);
        if (known) {
          known.runs++;
          known.varies ||= known.sample !== value;
        } else facts.set(key, { key, runs: 1, varies: false, sample: value });
      }
    }
    const list = [...facts.values()].map(({ key, runs, varies }) => ({
      key,
      runs,
      // A key that only some runs have tells them apart too.
      varies: varies || runs < rows.length,
    }));
    return list.sort((a, b) => b.runs - a.runs || a.key.localeCompare(b.key, "en"));
  };
  return {
    metrics: collect((row) => row.metrics),
    params: collect((row) => row.params),
    tags: collect((row) => row.tags),
  };
}

const MOST = 6;

/** Up to six parameters that vary and the six metrics most runs have; with a single run, its first ones. */
export function defaultKeys(rows: readonly RunRow[]): { params: string[]; metrics: string[] } {
  const keys = collectKeys(rows);
  const params = rows.length === 1 ? keys.params : keys.params.filter((param) => param.varies);
  const metrics = keys.metrics.filter((metric) => !metric.key.startsWith("system/"));
  return {
    params: params.slice(0, MOST).map((fact) => fact.key),
    metrics: metrics.slice(0, MOST).map((fact) => fact.key),
  };
}

/** Keeps what is on screen and fills up: columns do not come and go with the sort. */
export function extendDefaults(
  present: { params: string[]; metrics: string[] },
  wanted: { params: string[]; metrics: string[] },
): { params: string[]; metrics: string[] } {
  const extend = (have: string[], more: string[]): string[] => {
    const added = more.filter((key) => !have.includes(key)).slice(0, Math.max(0, MOST - have.length));
    return added.length === 0 ? have : [...have, ...added];
  };
  const params = extend(present.params, wanted.params);
  const metrics = extend(present.metrics, wanted.metrics);
  return params === present.params && metrics === present.metrics ? present : { params, metrics };
}

export function defaultColumns(keys: { params: string[]; metrics: string[] }, severalExperiments: boolean): ColumnKey[] {
  const attributes = [...(severalExperiments ? ["experiment"] : []), "started", "duration", "user"];
  return [
    ...attributes.map((key): ColumnKey => ({ kind: "attribute", key })),
    ...keys.metrics.map((key): ColumnKey => ({ kind: "metric", key })),
    ...keys.params.map((key): ColumnKey => ({ kind: "param", key })),
  ];
}
