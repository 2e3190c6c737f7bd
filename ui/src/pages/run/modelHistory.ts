/** The tag in which clients write down the models of a run. */
export const HISTORY_TAG = "mlflow.log-model.history";

/** The folders of the models in that tag; nothing when it cannot be read. */
export function pathsOfHistory(text: string | undefined): string[] {
  try {
    const list: unknown = JSON.parse(text ?? "[]");
    if (!Array.isArray(list)) return [];
    return list.flatMap((entry: { artifact_path?: unknown } | null) => (typeof entry?.artifact_path === "string" ? entry.artifact_path : []));
  } catch {
    return [];
  }
}
