/**
 * Every address of the UI: the part behind `#`, parsed into a typed route and printed back.
 * Where MLflow has a path for the same thing, it is understood too.
 */

export type RunTab = "overview" | "metrics" | "system" | "artifacts";

export type ModelTab = "versions" | "timeline" | "decisions";

export type Route =
  | { page: "experiments" }
  | { page: "runs"; experimentId: string }
  | { page: "runs-of"; experimentIds: string[] }
  | { page: "run"; experimentId: string; runId: string; tab: RunTab; path: string }
  | { page: "find-run"; runId: string }
  | { page: "compare"; runIds: string[] }
  | { page: "models" }
  | { page: "model"; name: string; tab: ModelTab }
  | { page: "version"; name: string; version: string }
  | { page: "decisions" }
  | { page: "decision"; seq: string }
  | { page: "missing"; path: string };

/** MLflow's names for the tabs of a run. */
const RUN_TABS: Record<string, RunTab> = {
  overview: "overview",
  metrics: "metrics",
  "model-metrics": "metrics",
  system: "system",
  "system-metrics": "system",
  artifacts: "artifacts",
  artifactPath: "artifacts",
};

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a stray % is part of the name then
  }
}

/** Percent-encodes one segment, leaving readable what may stand in a fragment. */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/%(?:3A|2C|40|24|2B|3D|3B)/gi, decodeURIComponent);
}

function encodePath(path: string): string {
  return path.split("/").map(encodeSegment).join("/");
}

/** Reads `["1","2"]`, MLflow's way of putting lists into an address. */
export function parseIdList(text: string | undefined): string[] {
  if (!text) return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((id) => typeof id === "string" || typeof id === "number").map(String) : [];
  } catch {
    return [];
  }
}

export function parseRoute(path: string, query: ReadonlyMap<string, string> = new Map()): Route {
  const parts = path.split("/").filter(Boolean).map(decode);
  const [first, second, third, fourth, fifth] = parts;
  const missing: Route = { page: "missing", path };
  if (first === undefined) return { page: "experiments" };
  if (first === "compare-experiments") {
    const experimentIds = parseIdList(query.get("experiments"));
    return experimentIds.length > 0 ? { page: "runs-of", experimentIds } : missing;
  }
  if (first === "compare-runs") {
    const runIds = parseIdList(query.get("runs"));
    return runIds.length > 0 ? { page: "compare", runIds } : missing;
  }
  if (first === "models") return modelRoute(parts.slice(1)) ?? missing;
  if (first === "decisions" && third === undefined) {
    if (second === undefined) return { page: "decisions" };
    return /^\d+$/.test(second) ? { page: "decision", seq: second } : missing;
  }
  if (first === "runs" && second && third === undefined) return { page: "find-run", runId: second };
  if (first !== "experiments") return missing;
  if (second === undefined) return { page: "experiments" };
  if (third === undefined) return { page: "runs", experimentId: second };
  if (third !== "runs") return missing;
  if (fourth === undefined) return { page: "runs", experimentId: second };
  const tab = fifth === undefined ? "overview" : RUN_TABS[fifth];
  const rest = parts.slice(5);
  if (tab === undefined || (rest.length > 0 && tab !== "artifacts")) return missing;
  return { page: "run", experimentId: second, runId: fourth, tab, path: rest.join("/") };
}

function modelRoute([name, part, version, ...rest]: string[]): Route | undefined {
  if (name === undefined) return { page: "models" };
  if (rest.length > 0) return undefined;
  if (part === "versions" && version !== undefined) return { page: "version", name, version };
  if (version !== undefined) return undefined;
  if (part === undefined || part === "versions") return { page: "model", name, tab: "versions" };
  return part === "timeline" || part === "decisions" ? { page: "model", name, tab: part } : undefined;
}

export function printRoute(route: Route): string {
  switch (route.page) {
    case "experiments":
      return "/experiments";
    case "runs":
      return `/experiments/${encodeSegment(route.experimentId)}`;
    case "runs-of":
      return `/compare-experiments/s?experiments=${encodeQuery(JSON.stringify(route.experimentIds))}`;
    case "find-run":
      return `/runs/${encodeSegment(route.runId)}`;
    case "compare":
      return `/compare-runs?runs=${encodeQuery(JSON.stringify(route.runIds))}`;
    case "models":
      return "/models";
    case "model":
      return `/models/${encodeSegment(route.name)}${route.tab === "versions" ? "" : `/${route.tab}`}`;
    case "version":
      return `/models/${encodeSegment(route.name)}/versions/${encodeSegment(route.version)}`;
    case "decisions":
      return "/decisions";
    case "decision":
      return `/decisions/${route.seq}`;
    case "missing":
      return route.path;
    case "run": {
      const base = `/experiments/${encodeSegment(route.experimentId)}/runs/${encodeSegment(route.runId)}`;
      if (route.tab === "overview") return base;
      return route.tab === "artifacts" && route.path ? `${base}/artifacts/${encodePath(route.path)}` : `${base}/${route.tab}`;
    }
  }
}

/** Parses `a=1&b=two%20words`. A key without `=` has an empty value; of repeated keys the last counts. */
export function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split("&")) {
    if (!pair) continue;
    const equals = pair.indexOf("=");
    const key = equals < 0 ? pair : pair.slice(0, equals);
    query.set(decode(key), equals < 0 ? "" : decode(pair.slice(equals + 1).replace(/\+/g, "%20")));
  }
  return query;
}

/** Prints a query; entries without a value are left out, and so is the whole `?…` when nothing is left. */
export function printQuery(entries: Iterable<readonly [string, string | undefined]>): string {
  const pairs: string[] = [];
  for (const [key, value] of entries) {
    if (value !== undefined) pairs.push(`${encodeQuery(key)}=${encodeQuery(value)}`);
  }
  return pairs.join("&");
}

/** Like `encodeURIComponent`, but keeps what is legal in a fragment and easier to read unescaped. */
function encodeQuery(text: string): string {
  return encodeURIComponent(text).replace(/%(?:2F|3A|2C|40|24|3F|5B|5D|22)/gi, decodeURIComponent).replace(/"/g, "%22");
}
