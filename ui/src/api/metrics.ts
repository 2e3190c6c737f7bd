import { numberFromWire } from "../lib/numbers";
import { call } from "./client";
import type { MetricPoint } from "./runs";

/** The most points that are shown as a table; a longer history comes evenly sampled. */
const MOST_POINTS = 2500;

/** The history of one metric of one run, in step order. */
export async function metricHistory(runId: string, key: string, signal?: AbortSignal): Promise<MetricPoint[]> {
  const reply = await call(
    "GET mlflow/metrics/get-history-bulk-interval",
    { run_ids: [runId], metric_key: key, max_results: MOST_POINTS },
    signal,
  );
  return (reply.metrics ?? []).map(({ value, timestamp, step }) => ({
    value: numberFromWire(value),
    timestamp: timestamp ?? 0,
    step: step ?? 0,
  }));
}

/** The shape of a history: its points, or where they are many, what is in each bucket of the axis. */
export interface Envelope {
  /** How many points there are in the window. */
  n: number;
  /** Steps, or times in ms. */
  x: number[];
  /** Null stands for NaN. */
  low: (number | null)[];
  high: (number | null)[];
  last: (number | null)[];
  /** The `x` of buckets with NaN in them. */
  nan: number[];
  /** Whether buckets may hold more than one point. */
  sampled: boolean;
}

export interface SeriesQuestion {
  axis: "step" | "time";
  /** The window, both ends included. */
  window?: readonly [start: number, end: number];
}

const BUCKETS = 800;

export async function metricSeries(runId: string, key: string, { axis, window }: SeriesQuestion, signal?: AbortSignal): Promise<Envelope> {
  const [start, end] = window ?? [];
  const reply = await call("POST headrace/metrics/series", { series: [{ run_id: runId, key }], x: axis, start, end, buckets: BUCKETS }, signal);
  const found = reply.series[0];
  const numbers = (values: readonly (number | string | null)[] = []): (number | null)[] =>
    values.map((value) => (value === null ? null : numberFromWire(value)));
  return {
    n: found?.n ?? 0,
    x: found?.x ?? [],
    low: numbers(found?.min),
    high: numbers(found?.max),
    last: numbers(found?.last),
    nan: found?.nan ?? [],
    sampled: found?.sampled ?? false,
  };
}
