import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { type ModelVersion, versionsOfRuns } from "../../api/modelVersions";

export type RunVersion = Pick<ModelVersion, "name" | "version" | "stage">;

/** How many runs one question is about: its ids stand in an address. */
const CHUNK = 50;
const ORDER = ["Production", "Staging"];

/** Stays the same function, so that the map stays the same until an answer changes. */
function byRun(results: readonly { data: ModelVersion[] | undefined }[]): ReadonlyMap<string, readonly RunVersion[]> {
  const map = new Map<string, RunVersion[]>();
  for (const version of results.flatMap(({ data }) => data ?? [])) map.set(version.runId, [...(map.get(version.runId) ?? []), version]);
  const rank = ({ stage }: RunVersion): number => (ORDER.includes(stage) ? ORDER.indexOf(stage) : ORDER.length);
  for (const versions of map.values()) versions.sort((a, b) => rank(a) - rank(b));
  return map;
}

/** Which versions of registered models were made from the runs on screen; the most important ones first. */
export function useRegistered(runIds: readonly string[], first: number, last: number): ReadonlyMap<string, readonly RunVersion[]> {
  const chunks = useMemo(() => {
    const found: string[][] = [];
    for (let start = Math.floor(Math.max(0, first) / CHUNK) * CHUNK; start <= last && start < runIds.length; start += CHUNK) {
      found.push(runIds.slice(start, start + CHUNK));
    }
    return found;
  }, [runIds, first, last]);
  return useQueries({
    queries: chunks.map((ids) => ({
      queryKey: ["versions", "of", ids],
      queryFn: ({ signal }: { signal: AbortSignal }) => versionsOfRuns(ids, signal),
      staleTime: 30_000,
    })),
    combine: byRun,
  });
}
