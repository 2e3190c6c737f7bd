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
