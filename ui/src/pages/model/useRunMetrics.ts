import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { compareRuns } from "../../api/tables";
import { numberFromWire } from "../../lib/numbers";

/** The numbers of the runs that versions were made from. */
export interface RunMetrics {
  /** Those that most of the runs have, a few. */
  keys: string[];
  of: (runId: string, key: string) => number | undefined;
  nameOf: (runId: string) => string | undefined;
  experimentOf: (runId: string) => string | undefined;
}

const MOST_RUNS = 1000;
const MOST_KEYS = 4;

export function useRunMetrics(runIds: readonly string[]): RunMetrics {
  const ids = [...new Set(runIds)].filter(Boolean).slice(0, MOST_RUNS);
  const text = ids.join();
  const found = useQuery({
    queryKey: ["runs", "metrics", text],
    queryFn: ({ signal }) => compareRuns(ids, signal),
    enabled: ids.length > 0,
    staleTime: 30_000,
  });
  const { data } = found;
  return useMemo(() => {
    const at = new Map((data?.run_id ?? []).map((id, index) => [id, index]));
    const metrics = data?.metrics ?? {};
    const known = (key: string): number => (metrics[key]?.last ?? []).filter((value) => value !== null).length;
    const keys = Object.keys(metrics)
      .filter((key) => !key.startsWith("system/"))
      .sort((a, b) => known(b) - known(a) || a.localeCompare(b, "en"))
      .slice(0, MOST_KEYS);
    const place = (runId: string): number => at.get(runId) ?? -1;
    return {
      keys,
      of: (runId, key) => {
        const value = metrics[key]?.last?.[place(runId)];
        return value === null || value === undefined ? undefined : numberFromWire(value);
      },
      nameOf: (runId) => data?.name?.[place(runId)],
      experimentOf: (runId) => data?.experiment_id?.[place(runId)],
    };
  }, [data]);
}
