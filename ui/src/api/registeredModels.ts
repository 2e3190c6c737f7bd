import { call } from "./client";
import type { RegistryStateReply, WireHeld, WireLastDecision, WireRegisteredModelRow } from "./schema";

/** A registered model in a table. */
export interface ModelRow {
  name: string;
  deleted: boolean;
  description: string;
  created: number;
  versions: number;
  latest: string;
  production: string[];
  staging: string[];
  /** Versions by alias. */
  aliases: Record<string, string>;
  last: WireLastDecision | undefined;
  tags: Record<string, string>;
}

export interface ModelPage {
  rows: ModelRow[];
  next: string | undefined;
  /** Of all pages; known with the first. */
  total: number | undefined;
}

export interface ModelSearch {
  q: string;
  state: "active" | "trash";
  orderBy: string;
}

function modelRow(row: WireRegisteredModelRow): ModelRow {
  return {
    name: row.name,
    deleted: row.lifecycle_stage === "deleted",
    description: row.description,
    created: row.created,
    versions: row.versions,
    latest: row.latest_version,
    production: row.production,
    staging: row.staging,
    aliases: row.aliases,
    last: row.last_decision ?? undefined,
    tags: row.tags,
  };
}

export async function modelTable(search: ModelSearch, cursor: string | undefined, signal?: AbortSignal): Promise<ModelPage> {
  const { q, state, orderBy } = search;
  const reply = await call("GET headrace/models/table", { q: q.trim() || undefined, state, sort: [orderBy], limit: 200, cursor }, signal);
  return { rows: reply.rows.map(modelRow), next: reply.next_cursor || undefined, total: reply.total ?? undefined };
}

/** Since when something holds, who decided that and why. */
export type Held = WireHeld;

export interface VersionState {
  version: string;
  stage: string;
  held: Held;
  registered: Held;
  source: string;
  runId: string;
  modelId: string;
  description: string;
  tags: Record<string, string>;
  /** Those that point to it. */
  aliases: string[];
}

/** What the registry holds, or held, about a model. */
export interface ModelState {
  name: string;
  at: number;
  description: string;
  tags: Record<string, string>;
  /** The newest first. */
  versions: VersionState[];
  aliases: { alias: string; version: string; held: Held }[];
}

/** The state of a model now, or at a moment: a day, a time with its offset, or milliseconds. */
export async function modelState(name: string, at: string | undefined, signal?: AbortSignal): Promise<ModelState> {
  return stateOf(await call("GET headrace/models/{name}/as-of", { name, at }, signal));
}

function stateOf(reply: RegistryStateReply): ModelState {
  const aliases = (reply.aliases ?? []).map(({ alias, version, held }) => ({ alias, version, held }));
  const versions = (reply.versions ?? []).map((version) => ({
    version: version.version,
    stage: version.stage,
    held: version.held,
    registered: version.registered,
    source: version.source ?? "",
    runId: version.run_id ?? "",
    modelId: version.model_id ?? "",
    description: version.description ?? "",
    tags: version.tags ?? {},
    aliases: aliases.filter((each) => each.version === version.version).map(({ alias }) => alias),
  }));
  versions.sort((a, b) => Number(b.version) - Number(a.version));
  return { name: reply.name, at: reply.at, description: reply.description ?? "", tags: reply.tags ?? {}, versions, aliases };
}

export async function createModel(name: string, description: string): Promise<void> {
  await call("POST mlflow/registered-models/create", { name, description: description || undefined });
}

export async function renameModel(name: string, next: string): Promise<void> {
  await call("POST mlflow/registered-models/rename", { name, new_name: next });
}

export async function describeModel(name: string, description: string): Promise<void> {
  await call("PATCH mlflow/registered-models/update", { name, description });
}

export async function deleteModel(name: string): Promise<void> {
  await call("DELETE mlflow/registered-models/delete", { name });
}

export async function restoreModel(name: string): Promise<void> {
  await call("POST headrace/models/{name}/restore", { name });
}

export async function setModelTag(name: string, key: string, value: string): Promise<void> {
  await call("POST mlflow/registered-models/set-tag", { name, key, value });
}

export async function deleteModelTag(name: string, key: string): Promise<void> {
  await call("DELETE mlflow/registered-models/delete-tag", { name, key });
}
