import { numberFromWire } from "../lib/numbers";
import { call } from "./client";
import type { MetricPoint } from "./runs";

/** The most points one request gives for one run; a longer history comes evenly sampled. */
export const MOST_POINTS = 2500;

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
