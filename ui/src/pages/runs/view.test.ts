import { describe, expect, it } from "vitest";
import { parseQuery, printQuery } from "../../state/routes";
import {
  columnTexts,
  filterForServer,
  filterOfGroup,
  nextSort,
  orderBy,
  parseRunsView,
  printRunsView,
  rewriteMlflowQuery,
  type RunsView,
} from "./view";

const DEFAULT: RunsView = { q: "", sort: [], cols: undefined, state: "active", since: undefined, group: [], flat: false };

const VIEWS: RunsView[] = [
  DEFAULT,
  { ...DEFAULT, q: `metrics.acc > 0.9 AND tags."a b" = 'x&y,z'` },
  { ...DEFAULT, sort: [{ field: "metrics.val/acc", descending: true }, { field: "params.lr", descending: false }] },
  { ...DEFAULT, sort: [{ field: "start_time", descending: false }] },
  { ...DEFAULT, cols: [] },
  { ...DEFAULT, state: "trash", cols: [{ kind: "metric", key: "a,b\\c:d" }, { kind: "attribute", key: "user" }] },
  { ...DEFAULT, since: "7d" },
  { ...DEFAULT, flat: true, sort: [{ field: "metrics.loss:min", descending: false }] },
  { ...DEFAULT, cols: [{ kind: "metric", key: "loss", aggregate: "min" }, { kind: "metric", key: "odd:max" }] },
  { ...DEFAULT, group: [{ kind: "param", key: "a,b" }, { kind: "attribute", key: "status" }] },
  { ...DEFAULT, cols: [{ kind: "tag", key: "-x" }, { kind: "param", key: "модель 1" }] },
];

describe("the runs view in the address", () => {
  it.each(VIEWS)("parse of print is the identity: %j", (view) => {
    const text = printQuery(Object.entries(printRunsView(view)));
    expect(parseRunsView(parseQuery(text))).toEqual({ view, problems: [] });
  });

  it("is empty for the default", () => {
    expect(printQuery(Object.entries(printRunsView(DEFAULT)))).toBe("");
  });

  it("ignores bad values and names them", () => {
    const query = parseQuery("sort=-nonsense,metrics.a&cols=x:y,p:lr&state=gone&group=m:acc,a:started&since=ever");
    expect(parseRunsView(query)).toEqual({
      view: { q: "", sort: [{ field: "metrics.a", descending: false }], cols: [{ kind: "param", key: "lr" }], state: "active", since: undefined, group: [], flat: false },
      problems: ["state=gone", "since=ever", "sort=-nonsense", "cols=x:y", "group=m:acc", "group=a:started"],
    });
  });
});

describe("an address of MLflow", () => {
  it("is rewritten to ours", () => {
    const query = parseQuery(
      "searchFilter=metrics.a%20%3E%201&orderByKey=metrics.%60val%2Facc%60&orderByAsc=false&startTime=LAST_7_DAYS&lifecycleFilter=Deleted&workflowType=x",
    );
    expect([...(rewriteMlflowQuery(query) ?? [])]).toEqual([
      ["q", "metrics.a > 1"],
      ["sort", "-metrics.val/acc"],
      ["since", "7d"],
      ["state", "trash"],
    ]);
  });
  it("sorts attributes", () => {
    expect(rewriteMlflowQuery(parseQuery("orderByKey=attributes.start_time&orderByAsc=true"))?.get("sort")).toBe("start_time");
  });
  it("leaves our own alone", () => {
    expect(rewriteMlflowQuery(parseQuery("q=x&sort=start_time"))).toBeUndefined();
  });
});

it("asks the server with quoted keys", () => {
  expect(
    orderBy([
      { field: "metrics.val/acc 1", descending: true },
      { field: "metrics.loss:min", descending: false },
      { field: "start_time", descending: false },
    ]),
  ).toEqual(["metrics.`val/acc 1` DESC", "metrics.`loss`:min ASC", "attributes.start_time ASC"]);
  expect(columnTexts({ kind: "metric", key: "loss", aggregate: "max" })).toEqual(["metrics.`loss`:max"]);
  expect(columnTexts({ kind: "attribute", key: "started" })).toEqual([]);
});

it("writes the filter for the runs of a group", () => {
  expect(filterOfGroup("metrics.a > 1 OR x = 'y'", { "params.`o`": "it's", "tags.t": null })).toBe(
    "(metrics.a > 1 OR x = 'y') AND params.`o` = \"it's\" AND tags.t IS NULL",
  );
  expect(filterOfGroup("", { status: `'"` })).toBeUndefined();
});

describe("a click on a header", () => {
  it("sorts a metric best first, then worst first, then not", () => {
    const once = nextSort([], "metrics.a", false);
    const twice = nextSort(once, "metrics.a", false);
    expect([once, twice, nextSort(twice, "metrics.a", false)]).toEqual([
      [{ field: "metrics.a", descending: true }],
      [{ field: "metrics.a", descending: false }],
      [],
    ]);
  });
  it("sorts a parameter upwards first", () => {
    expect(nextSort([], "params.lr", false)).toEqual([{ field: "params.lr", descending: false }]);
  });
  it("replaces the sort, or with Shift adds to it in place", () => {
    const first = [{ field: "params.lr", descending: false }];
    expect(nextSort(first, "metrics.a", false)).toEqual([{ field: "metrics.a", descending: true }]);
    const both = nextSort(first, "metrics.a", true);
    expect(both).toEqual([...first, { field: "metrics.a", descending: true }]);
    expect(nextSort(both, "params.lr", true)).toEqual([
      { field: "params.lr", descending: true },
      { field: "metrics.a", descending: true },
    ]);
  });
});

describe("the filter", () => {
  it.each([
    ["", ""],
    ["  owl ", "attributes.run_name ILIKE '%owl%'"],
    ["amber trout", "attributes.run_name ILIKE '%amber trout%'"],
    ["metrics.a > 1", "metrics.a > 1"],
    ["status IN ('FAILED')", "status IN ('FAILED')"],
    ["tags.x is null", "tags.x is null"],
    ["'broken", "'broken"],
  ])("%j is sent as %j", (text, sent) => {
    expect(filterForServer(text)).toBe(sent);
  });
});
