import { numberFromWire } from "../lib/numbers";
import { call } from "./client";
import { VIEW_TYPES, type State } from "./experiments";
import type { Dataset, LoggedModel, Run } from "./types";

export type RunStatus = "FINISHED" | "FAILED" | "KILLED" | "RUNNING" | "SCHEDULED";

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

export interface RunDataset extends Dataset {
  context: string;
}

export interface RunPage {
  rows: RunRow[];
  next: string | undefined;
}

export function runRow({ info, data, inputs, outputs }: Run): RunRow {
  const metrics: Record<string, MetricPoint> = {};
  for (const { key, value, timestamp, step } of data?.metrics ?? []) {
    metrics[key] = { value: numberFromWire(value), timestamp, step: step ?? 0 };
  }
  return {
    id: info.run_id,
    experimentId: info.experiment_id,
    name: info.run_name || info.run_id,
    user: info.user_id ?? "",
    status: (info.status ?? "RUNNING") as RunStatus,
    start: info.start_time || undefined,
    end: info.end_time || undefined,
    deleted: info.lifecycle_stage === "deleted",
    artifactUri: info.artifact_uri ?? "",
    metrics,
    params: Object.fromEntries((data?.params ?? []).map(({ key, value }) => [key, value ?? ""])),
    tags: Object.fromEntries((data?.tags ?? []).map(({ key, value }) => [key, value ?? ""])),
    datasets: (inputs?.dataset_inputs ?? []).map(({ dataset, tags }) => ({
      ...dataset,
      context: tags?.find((tag) => tag.key === "mlflow.data.context")?.value ?? "",
    })),
    models: (outputs?.model_outputs ?? []).map((output) => output.model_id),
  };
}

export interface RunSearch {
  experimentIds: readonly string[];
  filter: string;
  orderBy: readonly string[];
  state: State;
}

/** The first page is small, so that it is on screen at once; the rest comes in large pieces. */
export const FIRST_PAGE = 100;
export const NEXT_PAGE = 500;

export async function searchRuns(search: RunSearch, pageToken: string | undefined, signal?: AbortSignal): Promise<RunPage> {
  const reply = await call<{ runs?: Run[]; next_page_token?: string }>("POST", "runs/search", {
    body: {
      experiment_ids: search.experimentIds,
      filter: search.filter || undefined,
      order_by: search.orderBy,
      run_view_type: VIEW_TYPES[search.state],
      max_results: pageToken === undefined ? FIRST_PAGE : NEXT_PAGE,
      page_token: pageToken,
    },
    signal,
  });
  return { rows: (reply.runs ?? []).map(runRow), next: reply.next_page_token || undefined };
}

export async function getRun(id: string, signal?: AbortSignal): Promise<RunRow> {
  const reply = await call<{ run: Run }>("GET", "runs/get", { query: { run_id: id }, signal });
  return runRow(reply.run);
}

export async function renameRun(id: string, name: string): Promise<void> {
  await call("POST", "runs/update", { body: { run_id: id, run_name: name } });
}

export async function setRunTag(id: string, key: string, value: string): Promise<void> {
  await call("POST", "runs/set-tag", { body: { run_id: id, key, value } });
}

export async function deleteRunTag(id: string, key: string): Promise<void> {
  await call("POST", "runs/delete-tag", { body: { run_id: id, key } });
}

/** Moves runs to the trash or back, a few at a time. */
export async function changeRuns(action: "delete" | "restore", ids: readonly string[]): Promise<void> {
  const queue = [...ids];
  const worker = async (): Promise<void> => {
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      await call("POST", `runs/${action}`, { body: { run_id: id } });
    }
  };
  await Promise.all(Array.from({ length: Math.min(6, ids.length) }, worker));
}

export async function getLoggedModel(id: string, signal?: AbortSignal): Promise<LoggedModel> {
  return (await call<{ model: LoggedModel }>("GET", `logged-models/${encodeURIComponent(id)}`, { signal })).model;
}

/** A key as the search language wants it: always quoted, so that spaces, dots and dashes are harmless. */
export function quoteKey(key: string): string {
  return key.includes("`") ? `"${key}"` : `\`${key}\``;
}
