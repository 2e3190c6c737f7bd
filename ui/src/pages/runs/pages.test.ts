import { describe, expect, it } from "vitest";
import { FIRST_PAGE, type TablePage, type TableRun } from "../../api/tables";
import { extendDefaults } from "./columns";
import { linesOf } from "./lines";
import { adoptFirstPage, allRows, updateInPlace, withoutRuns } from "./pages";

const row = (id: string, accuracy = 0.5, children: Record<string, number> = {}): TableRun => ({
  kind: "run", id, experimentId: "1", name: id, status: "FINISHED", start: 1, end: 2,
  cells: { "metrics.acc": accuracy }, children, isContext: false, childCells: {},
});

const page = (ids: string[], next?: string): TablePage => ({
  rows: ids.map((id) => row(id)), next, total: ids.length, isTotalExact: true, hasTree: false, ms: 1,
});
const order = (pages: readonly TablePage[]): string => allRows(pages).map((each) => each.id).join(" ");
/** A first page as long as the server gives them, ending with these ids. */
const full = (ids: string[]): string[] => [...Array.from({ length: FIRST_PAGE - ids.length }, (_, i) => `x${i}`), ...ids];

it("shows a run once when pages overlap", () => {
  expect(order([page(["a", "b"]), page(["b", "c"])])).toBe("a b c");
});

describe("live news, in place", () => {
  it("changes values without moving or adding rows, and counts the new ones", () => {
    const before = [page(["a", "b"])];
    const { pages, added } = updateInPlace(before, [row("n"), row("b", 0.9), row("a")]);
    expect(order(pages)).toBe("a b");
    expect(pages[0]?.rows[1]).toMatchObject({ cells: { "metrics.acc": 0.9 } });
    expect(pages[0]?.rows[0]).toBe(before[0]?.rows[0]);
    expect(added).toBe(1);
  });
  it("is the same object when nothing changed", () => {
    const before = [page(["a", "b"])];
    expect(updateInPlace(before, [row("a"), row("b")]).pages).toBe(before);
  });
});

describe("taking over a fresh first page", () => {
  it("adds, removes and reorders", () => {
    expect(order(adoptFirstPage([page(["a", "b", "c"])], page(["n", "c", "a"])))).toBe("n c a");
  });
  it("keeps what new rows pushed off its end, and the later pages", () => {
    const before = [page(full(["a", "b"]), "t1"), page(["c", "d"])];
    const after = adoptFirstPage(before, page(["n", ...full(["a", "b"]).slice(0, -1)], "t9"));
    const ids = order(after).split(" ");
    expect(ids[0]).toBe("n");
    expect(ids.slice(-4)).toEqual(["a", "b", "c", "d"]);
    expect(after[0]?.next).toBe("t1");
  });
  it("drops a run that is gone from the middle", () => {
    const ids = full(["a", "b"]);
    const after = adoptFirstPage([page(ids, "t1"), page(["c"])], page([...ids.filter((id) => id !== "a"), "c"], "t1"));
    expect(order(after).split(" ").slice(-3)).toEqual(["x97", "b", "c"]);
  });
  it("is the same object when nothing changed", () => {
    const before = [page(["a", "b"])];
    expect(adoptFirstPage(before, page(["a", "b"]))).toBe(before);
  });
});

it("takes runs out of every page, and out of the total", () => {
  const left = withoutRuns([{ ...page(["a", "b"]), total: 3 }, page(["c"])], new Set(["a", "c"]));
  expect(order(left)).toBe("b");
  expect(left[0]?.total).toBe(1);
});

describe("the lines of a tree", () => {
  const text = (lines: ReturnType<typeof linesOf>): string =>
    lines.map((line) => `${"  ".repeat(line.depth)}${line.id}${line.kind === "more" ? ` ${line.state}` : ""}`).join("\n");
  const rows = [row("p", 1, { FINISHED: 2, FAILED: 1 }), row("q")];

  it("are the roots alone while nothing is open", () => {
    expect(text(linesOf(rows, new Set(), new Map()))).toBe("p\nq");
    expect(linesOf(rows, new Set(), new Map()).map((line) => line.isOpen)).toEqual([false, undefined]);
  });
  it("have the children of an open run below it, and say what is still to come", () => {
    const open = new Set(["p", "q"]);
    expect(text(linesOf(rows, open, new Map()))).toBe("p\n  more p loading\nq");
    const below = { rows: [row("c"), row("d")], total: 3, hasMore: true, failed: false };
    expect(text(linesOf(rows, open, new Map([["p", below]])))).toBe("p\n  c\n  d\n  more p few\nq");
  });
  it("nest", () => {
    const leaf = { total: 1, hasMore: false, failed: false };
    const below = new Map([["p", { ...leaf, rows: [row("c", 1, { RUNNING: 1 })] }], ["c", { ...leaf, rows: [row("e")] }]]);
    expect(text(linesOf([rows[0] ?? row("p")], new Set(["p", "c"]), below))).toBe("p\n  c\n    e");
  });
});

describe("default columns", () => {
  const present = extendDefaults([], ["metrics.m1", "metrics.m2", "metrics.m3", "metrics.m4", "metrics.m5", "params.p"]);

  it("are what the server proposes", () => {
    expect(extendDefaults([], ["metrics.acc", "params.`a b`", "nonsense"])).toEqual([
      { kind: "metric", key: "acc" },
      { kind: "param", key: "a b" },
    ]);
  });
  it("stay in place and fill up to six of a kind", () => {
    expect(extendDefaults(present, ["metrics.m9", "metrics.m8", "metrics.m1", "params.q"]).map(({ key }) => key)).toEqual([
      "m1", "m2", "m3", "m4", "m5", "p", "m9", "q",
    ]);
    expect(extendDefaults(present, ["metrics.m1"])).toBe(present);
  });
});
