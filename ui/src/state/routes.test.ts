import { describe, expect, it } from "vitest";
import { parseHash } from "./location";
import { parseQuery, parseRoute, printQuery, printRoute, type Route } from "./routes";

const ROUTES: Route[] = [
  { page: "experiments" },
  { page: "runs", experimentId: "12" },
  { page: "runs-of", experimentIds: ["1", "2"] },
  { page: "find-run", runId: "0f3e" },
  { page: "run", experimentId: "1", runId: "abc", tab: "overview", path: "" },
  { page: "run", experimentId: "1", runId: "abc", tab: "metrics", path: "" },
  { page: "run", experimentId: "1", runId: "abc", tab: "system", path: "" },
  { page: "run", experimentId: "1", runId: "abc", tab: "artifacts", path: "" },
  { page: "run", experimentId: "1", runId: "abc", tab: "artifacts", path: "plots/a b/50% #1?.png" },
  { page: "run", experimentId: "1", runId: "abc", tab: "artifacts", path: "модель/図.png" },
];

describe("routes", () => {
  it.each(ROUTES)("parse of print is the identity: $page $tab $path", (route) => {
    const { path, query } = parseHash(`#${printRoute(route)}`);
    expect(parseRoute(path, query)).toEqual(route);
  });

  it.each([
    ["/", "experiments"],
    ["/experiments", "experiments"],
    ["/experiments/1/runs", "runs"],
    ["/experiments/1/runs/a", "run"],
    ["/experiments/1/runs/a/nonsense", "missing"],
    ["/experiments/1/runs/a/metrics/x", "missing"],
    ["/nowhere", "missing"],
    ["/compare-experiments/s", "missing"],
  ])("%s is the page %s", (path, page) => {
    expect(parseRoute(path).page).toBe(page);
  });

  it.each([
    ["model-metrics", "metrics"],
    ["system-metrics", "system"],
    ["overview", "overview"],
  ])("understands MLflow's tab %s", (name, tab) => {
    expect(parseRoute(`/experiments/1/runs/a/${name}`)).toMatchObject({ page: "run", tab });
  });

  it("understands MLflow's artifact path", () => {
    expect(parseRoute("/experiments/1/runs/a/artifactPath/model/MLmodel")).toMatchObject({ path: "model/MLmodel" });
  });
});

describe("query", () => {
  it.each([
    [[["q", `metrics.acc > 0.9 and tags."a b" = 'x&y=z#?+%'`]]],
    [[["sort", "-metrics.val/acc,params.lr"]]],
    [[["a", ""], ["b", "ü 図"]]],
  ] as [string, string][][][])("parse of print is the identity: %j", (entries) => {
    expect([...parseQuery(printQuery(entries))]).toEqual(entries);
  });

  it("survives a broken escape", () => {
    expect(parseQuery("q=50%").get("q")).toBe("50%");
  });

  it("leaves absent entries out", () => {
    expect(printQuery([["a", undefined], ["b", "1"]])).toBe("b=1");
  });
});
