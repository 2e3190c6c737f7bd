import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type KeyKind, runKeys, runValues } from "../../api/tables";
import { useDebounced } from "../../hooks/useDebounced";
import { formatCount } from "../../lib/numbers";
import { operatorsOf, type Place, quoteValue, unquote } from "./completion";

export interface Suggestion {
  text: string;
  /** What stands beside it: how many runs have it. */
  hint?: string;
}

const MOST = 10;
const COUNTED = 1000;
const KINDS: readonly KeyKind[] = ["metrics", "params", "tags"];
const ATTRIBUTES = ["run_name", "status", "user_id", "start_time", "end_time", "run_id", "datasets.name"];
const STATES = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"];

function counted(runs: number): string {
  return `${formatCount(runs)}${runs >= COUNTED ? "+" : ""} ${runs === 1 ? "run" : "runs"}`;
}

/** `params.le` asks for parameters with `le`; `le` alone for anything with it. */
function questionOf(text: string): { kind: KeyKind | undefined; q: string } {
  const found = /^(metric|param|parameter|tag)s?\.(.*)$/is.exec(text);
  const names: Record<string, KeyKind> = { metric: "metrics", param: "params", parameter: "params", tag: "tags" };
  return found ? { kind: names[(found[1] ?? "").toLowerCase()], q: unquote(found[2] ?? "") } : { kind: undefined, q: text };
}

/** What could stand at a place of a filter of runs: keys and values come from the runs themselves. */
export function useSuggestions(experimentIds: readonly string[], place: Place, enabled: boolean): Suggestion[] {
  const text = useDebounced(place.kind === "key" || place.kind === "value" ? place.text : "", 100);
  const { kind, q } = questionOf(text);
  const keys = useQuery({
    queryKey: ["runs", "keys", experimentIds, "completion", kind, q],
    queryFn: async ({ signal }) => {
      const lists = await Promise.all((kind ? [kind] : KINDS).map((each) => runKeys(experimentIds, { kind: each, q, limit: MOST }, signal)));
      return lists.flatMap((list) => list.keys);
    },
    enabled: enabled && place.kind === "key",
    staleTime: 30_000,
    placeholderData: (previous) => previous,
  });
  const of = place.kind === "value" ? place.key : "";
  const prefix = unquote(text);
  const hasValues = /^(?:params?|parameters?|tags?)\.|^(?:attributes?\.)?(?:status|run_name)$/i.test(of);
  const values = useQuery({
    queryKey: ["runs", "values", experimentIds, of, prefix],
    queryFn: ({ signal }) => runValues(experimentIds, of, prefix, signal),
    enabled: enabled && hasValues,
    staleTime: 30_000,
    retry: false,
  });
  return useMemo(() => {
    switch (place.kind) {
      case "key": {
        const wanted = place.text.toLowerCase();
        const own = ATTRIBUTES.filter((name) => wanted === "" || name.includes(wanted)).map((name): Suggestion => ({ text: name }));
        const found = (keys.data ?? []).map((fact): Suggestion => ({ text: fact.column, hint: counted(fact.runs) }));
        return [...found, ...own].filter(({ text: each }) => each !== place.text).slice(0, MOST);
      }
      case "operator":
        return operatorsOf(place.key)
          .filter((operator) => operator.toLowerCase().startsWith(place.text.toLowerCase()))
          .map((operator) => ({ text: operator }));
      case "value": {
        const found = (values.data ?? []).map((fact): Suggestion => ({ text: quoteValue(fact.value), hint: counted(fact.runs) }));
        const isStatus = /status$/i.test(place.key) && found.length === 0;
        const all = isStatus ? STATES.filter((name) => name.startsWith(prefix.toUpperCase())).map((name) => ({ text: quoteValue(name) })) : found;
        return all.filter(({ text: each }) => each !== place.text).slice(0, MOST);
      }
      case "connective":
        return ["AND", "OR"].filter((word) => word.toLowerCase().startsWith(place.text.toLowerCase())).map((word) => ({ text: word }));
      default:
        return [];
    }
  }, [place, keys.data, values.data, prefix]);
}
