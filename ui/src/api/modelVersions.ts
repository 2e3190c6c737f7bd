import { call } from "./client";
import { keyValues } from "./experiments";
import type { WireModelVersion } from "./schema";

export interface ModelVersion {
  name: string;
  version: string;
  stage: string;
  aliases: string[];
  created: number | undefined;
  user: string;
  description: string;
  source: string;
  runId: string;
  modelId: string;
  status: string;
  statusMessage: string;
  tags: Record<string, string>;
}

export function modelVersion(version: WireModelVersion): ModelVersion {
  return {
    name: version.name ?? "",
    version: version.version ?? "",
    stage: version.current_stage || "None",
    aliases: version.aliases ?? [],
    created: version.creation_timestamp ?? undefined,
    user: version.user_id ?? "",
    description: version.description ?? "",
    source: version.source ?? "",
    runId: version.run_id ?? "",
    modelId: version.model_id ?? "",
    status: version.status ?? "READY",
    statusMessage: version.status_message ?? "",
    tags: Object.fromEntries(keyValues(version.tags)),
  };
}

async function searchVersions(filter: string, limit: number, signal?: AbortSignal): Promise<ModelVersion[]> {
  const reply = await call("GET mlflow/model-versions/search", { filter, max_results: limit, order_by: ["version_number DESC"] }, signal);
  return (reply.model_versions ?? []).map(modelVersion);
}

/** The versions that were registered from some runs. */
export function versionsOfRuns(runIds: readonly string[], signal?: AbortSignal): Promise<ModelVersion[]> {
  return searchVersions(`run_id IN (${runIds.map((id) => `'${id}'`).join(", ")})`, 1000, signal);
}

/** Why a version cannot be deleted; nothing when it can. */
export async function protectionOf(name: string, version: string, signal?: AbortSignal): Promise<string[]> {
  return (await call("GET headrace/models/{name}/versions/{version}/protection", { name, version }, signal)).protected_by ?? [];
}

export async function getVersion(name: string, version: string, signal?: AbortSignal): Promise<ModelVersion> {
  return modelVersion((await call("GET mlflow/model-versions/get", { name, version }, signal)).model_version);
}

export interface Manifest {
  digest: string;
  files: { path: string; size: number; sha256: string }[];
}

/** The files that were registered; none if they are not on record. */
export async function getManifest(name: string, version: string, signal?: AbortSignal): Promise<Manifest> {
  const reply = await call("GET headrace/models/{name}/versions/{version}/manifest", { name, version }, signal);
  return { digest: reply.digest ?? "", files: reply.files ?? [] };
}

export interface NewVersion {
  name: string;
  source: string;
  runId: string;
  description: string;
  tags: Record<string, string>;
}

/** Registers a model as the next version; gives its number. */
export async function createVersion({ name, source, runId, description, tags }: NewVersion): Promise<string> {
  const reply = await call("POST mlflow/model-versions/create", {
    name,
    source,
    run_id: runId,
    description: description || undefined,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  });
  return reply.model_version.version ?? "";
}

export async function describeVersion(name: string, version: string, description: string): Promise<void> {
  await call("PATCH mlflow/model-versions/update", { name, version, description });
}

export async function setVersionTag(name: string, version: string, key: string, value: string): Promise<void> {
  await call("POST mlflow/model-versions/set-tag", { name, version, key, value });
}

export async function deleteVersionTag(name: string, version: string, key: string): Promise<void> {
  await call("DELETE mlflow/model-versions/delete-tag", { name, version, key });
}

export async function deleteVersion(name: string, version: string): Promise<void> {
  await call("DELETE mlflow/model-versions/delete", { name, version });
}

export async function restoreVersion(name: string, version: string): Promise<void> {
  await call("POST headrace/models/{name}/versions/{version}/restore", { name, version });
}
