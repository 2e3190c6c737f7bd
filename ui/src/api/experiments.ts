import { call } from "./client";
import type { KeyValue, WireExperiment } from "./schema";

export type State = "active" | "trash" | "all";

/** The tag that holds the description of an experiment or a run, as MLflow stores it. */
export const NOTE_TAG = "mlflow.note.content";

export interface ExperimentRow {
  id: string;
  name: string;
  artifactLocation: string;
  deleted: boolean;
  updated: number | undefined;
  created: number | undefined;
  description: string;
  tags: Record<string, string>;
}

/** An experiment in a table, with what goes on in it. */
export interface ListedExperiment {
  id: string;
  name: string;
  deleted: boolean;
  created: number;
  lastRun: number | undefined;
  /** Counted up to 10,000. */
  runs: number;
  running: number;
  /** Those that began in the last 7 days. */
  failed: number;
  tags: Record<string, string>;
}

export interface ExperimentPage {
  rows: ListedExperiment[];
  next: string | undefined;
  /** Of all pages; known with the first. */
  total: number | undefined;
}

/** Tags and parameters on the wire as entries; an empty value is left out there. */
export function keyValues(pairs: readonly KeyValue[] = []): [key: string, value: string][] {
  return pairs.map(({ key, value }) => [key ?? "", value ?? ""]);
}

export function experimentRow(experiment: WireExperiment): ExperimentRow {
  const tags = Object.fromEntries(keyValues(experiment.tags));
  return {
    id: experiment.experiment_id ?? "",
    name: experiment.name ?? "",
    artifactLocation: experiment.artifact_location ?? "",
    deleted: experiment.lifecycle_stage === "deleted",
    updated: experiment.last_update_time ?? undefined,
    created: experiment.creation_time ?? undefined,
    description: tags[NOTE_TAG] ?? "",
    tags,
  };
}

export interface ExperimentSearch {
  name: string;
  state: State;
  orderBy: string;
}

export async function experimentTable(search: ExperimentSearch, cursor: string | undefined, signal?: AbortSignal): Promise<ExperimentPage> {
  const reply = await call(
    "GET headrace/experiments/table",
    { q: search.name.trim() || undefined, state: search.state, sort: [search.orderBy], limit: 200, cursor },
    signal,
  );
  const rows = reply.rows.map(
    (row): ListedExperiment => ({
      id: row.experiment_id,
      name: row.name,
      deleted: row.lifecycle_stage === "deleted",
      created: row.created,
      lastRun: row.last_run ?? undefined,
      runs: row.runs,
      running: row.running,
      failed: row.failed,
      tags: row.tags,
    }),
  );
  return { rows, next: reply.next_cursor || undefined, total: reply.total ?? undefined };
}

export async function getExperiment(id: string, signal?: AbortSignal): Promise<ExperimentRow> {
  const reply = await call("GET mlflow/experiments/get", { experiment_id: id }, signal);
  return experimentRow(reply.experiment);
}

export interface NewExperiment {
  name: string;
  artifactLocation?: string;
  tags?: Record<string, string>;
}

export async function createExperiment({ name, artifactLocation, tags = {} }: NewExperiment): Promise<string> {
  const reply = await call("POST mlflow/experiments/create", {
    name,
    artifact_location: artifactLocation || undefined,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  });
  return reply.experiment_id ?? "";
}

export async function renameExperiment(id: string, name: string): Promise<void> {
  await call("POST mlflow/experiments/update", { experiment_id: id, new_name: name });
}

export async function deleteExperiment(id: string): Promise<void> {
  await call("POST mlflow/experiments/delete", { experiment_id: id });
}

export async function restoreExperiment(id: string): Promise<void> {
  await call("POST mlflow/experiments/restore", { experiment_id: id });
}

export async function setExperimentTag(id: string, key: string, value: string): Promise<void> {
  await call("POST mlflow/experiments/set-experiment-tag", { experiment_id: id, key, value });
}

export async function deleteExperimentTag(id: string, key: string): Promise<void> {
  await call("POST mlflow/experiments/delete-experiment-tag", { experiment_id: id, key });
}
