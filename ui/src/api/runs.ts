import { numberFromWire } from "../lib/numbers";
import { call } from "./client";
import { keyValues } from "./experiments";
import type { WireModelInfo, WireRun } from "./schema";

export type RunStatus = NonNullable<WireRun["info"]["status"]>;

/** The tag of a run whose process died: the time of its last sign of life, in ms. */
export const LOST_TAG = "mlflow.headrace.lost";

export interface MetricPoint {
  value: number;
  timestamp: number;
  step: number;
}

export interface RunRow {
  id: string;
  experimentId: string;
  name: string;
  user: string;
  status: RunStatus;
  start: number | undefined;
  end: number | undefined;
  deleted: boolean;
  artifactUri: string;
  metrics: Record<string, MetricPoint>;
  params: Record<string, string>;
  tags: Record<string, string>;
  datasets: RunDataset[];
  /** Ids of the models the run has logged. */
  models: string[];
}

export interface RunDataset {
  name: string;
  digest: string;
  context: string;
}

export function runRow({ info, data, inputs, outputs }: WireRun): RunRow {
  const metrics: Record<string, MetricPoint> = {};
  for (const { key, value, timestamp, step } of data?.metrics ?? []) {
    metrics[key ?? ""] = { value: numberFromWire(value), timestamp: timestamp ?? 0, step: step ?? 0 };
  }
  return {
    id: info.run_id ?? "",
    experimentId: info.experiment_id ?? "",
    name: info.run_name || (info.run_id ?? ""),
    user: info.user_id ?? "",
    status: info.status ?? "RUNNING",
    start: info.start_time || undefined,
    end: info.end_time || undefined,
    deleted: info.lifecycle_stage === "deleted",
    artifactUri: info.artifact_uri ?? "",
    metrics,
    params: Object.fromEntries(keyValues(data?.params)),
    tags: Object.fromEntries(keyValues(data?.tags)),
    datasets: (inputs?.dataset_inputs ?? []).map(({ dataset, tags }) => ({
      name: dataset?.name ?? "",
      digest: dataset?.digest ?? "",
      context: tags?.find((tag) => tag.key === "mlflow.data.context")?.value ?? "",
    })),
    models: (outputs?.model_outputs ?? []).flatMap((output) => output.model_id ?? []),
  };
}

export async function getRun(id: string, signal?: AbortSignal): Promise<RunRow> {
  const reply = await call("GET mlflow/runs/get", { run_id: id }, signal);
  return runRow(reply.run);
}

export async function renameRun(id: string, name: string): Promise<void> {
  await call("POST mlflow/runs/update", { run_id: id, run_name: name });
}

export async function setRunTag(id: string, key: string, value: string): Promise<void> {
  await call("POST mlflow/runs/set-tag", { run_id: id, key, value });
}

export async function deleteRunTag(id: string, key: string): Promise<void> {
  await call("POST mlflow/runs/delete-tag", { run_id: id, key });
}

/** Moves runs to the trash or back, a few at a time. */
export async function changeRuns(action: "delete" | "restore", ids: readonly string[]): Promise<void> {
  const queue = [...ids];
  const worker = async (): Promise<void> => {
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      await call(`POST mlflow/runs/${action}`, { run_id: id });
    }
  };
  await Promise.all(Array.from({ length: Math.min(6, ids.length) }, worker));
}

export async function getLoggedModel(id: string, signal?: AbortSignal): Promise<WireModelInfo> {
  return (await call("GET mlflow/logged-models/{model_id}", { model_id: id }, signal)).model.info;
}

/** A key as the search language wants it: always quoted, so that spaces, dots and dashes are harmless. */
export function quoteKey(key: string): string {
  return key.includes("`") ? `"${key}"` : `\`${key}\``;
}
