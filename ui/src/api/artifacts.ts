import { ApiError, call, request, serverUrl } from "./client";
import type { ModelVersion } from "./modelVersions";

export interface Entry {
  path: string;
  name: string;
  isFolder: boolean;
  size: number | undefined;
}

/** What is directly in one folder of a run's artifacts: folders first, then by name. */
export async function listArtifacts(runId: string, path: string, signal?: AbortSignal): Promise<Entry[]> {
  const entries: Entry[] = [];
  let pageToken: string | undefined;
  do {
    const reply = await call(
      "GET mlflow/artifacts/list",
      { run_id: runId, path: path || undefined, page_token: pageToken },
      signal,
    );
    for (const file of reply.files ?? []) {
      const isFolder = file.is_dir ?? false;
      const name = file.path.slice(file.path.lastIndexOf("/") + 1);
      entries.push({ path: file.path, name, isFolder, size: isFolder ? undefined : (file.file_size ?? 0) });
    }
    pageToken = reply.next_page_token || undefined;
  } while (pageToken);
  return entries.sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || a.name.localeCompare(b.name, "en", { numeric: true }));
}

/** The address of a file's bytes; the server sends it as a download. */
export function artifactUrl(runId: string, path: string): string {
  return serverUrl("get-artifact", { run_id: runId, path });
}

/** The address of an HTML file as a page of an origin of its own, which can do nothing; for a frame. */
export function pageUrl(runId: string, path: string): string {
  return serverUrl("api/1.0/headrace/artifacts/raw", { run_id: runId, path });
}

export interface Bytes {
  bytes: Uint8Array;
  /** Size of the whole file, when the server tells it. */
  total: number | undefined;
}

/** The first `limit` bytes of a file. */
export async function readArtifact(runId: string, path: string, limit: number, signal?: AbortSignal): Promise<Bytes> {
  const response = await request(artifactUrl(runId, path), { headers: { Range: `bytes=0-${limit - 1}` }, signal }).catch(
    (error: unknown) => {
      // An empty file has no first byte to ask for.
      if (error instanceof ApiError && error.status === 416) return new Response("");
      throw error;
    },
  );
  const bytes = new Uint8Array(await response.arrayBuffer());
  const range = /\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "");
  return { bytes: bytes.subarray(0, limit), total: range ? Number(range[1]) : bytes.length };
}

/** A small text file of a registered model; an error when its files are not on this server. */
export async function readModelFile(version: Pick<ModelVersion, "source" | "runId" | "modelId">, path: string, signal?: AbortSignal): Promise<string> {
  const ofRun = /^runs:\/+([^/]+)\/(.+)$/.exec(version.source);
  const modelId = version.modelId || /^models:\/+(m-[^/]+)$/.exec(version.source)?.[1];
  if (!modelId && !ofRun) throw new Error("The files of this version are somewhere else.");
  const url = modelId
    ? serverUrl(`ajax-api/2.0/mlflow/logged-models/${encodeURIComponent(modelId)}/artifacts/files`, { artifact_file_path: path })
    : artifactUrl(ofRun?.[1] ?? "", `${ofRun?.[2]}/${path}`);
  return (await request(url, { signal })).text();
}
