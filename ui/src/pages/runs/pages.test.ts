import { describe, expect, it } from "vitest";
import { FIRST_PAGE, type RunPage, runRow } from "../../api/runs";
import { collectKeys, defaultKeys, extendDefaults } from "./columns";
import { adoptFirstPage, allRows, updateInPlace, withoutRuns } from "./pages";

const row = (id: string, accuracy = 0.5, params: Record<string, string> = {}) =>
  runRow({
    info: { run_id: id, experiment_id: "1", run_name: id, status: "FINISHED" },
    data: {
      metrics: [{ key: "acc", value: accuracy, timestamp: 1, step: 0 }],
      params: Object.entries(params).map(([key, value]) => ({ key, value })),
    },
  });

const page = (ids: string[], next?: string): RunPage => ({ rows: ids.map((id) => row(id)), next });
const order = (pages: readonly RunPage[]): string => allRows(pages).map((each) => each.id).join(" ");
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
    expect(pages[0]?.rows[1]?.metrics.acc?.value).toBe(0.9);
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

it("takes runs out of every page", () => {
  expect(order(withoutRuns([page(["a", "b"]), page(["c"])], new Set(["a", "c"])))).toBe("b");
});

describe("default columns", () => {
  it("are the parameters that vary and the commonest metrics", () => {
    const rows = [row("a", 1, { lr: "1", seed: "7" }), row("b", 1, { lr: "2", seed: "7", extra: "x" })];
    expect(defaultKeys(rows)).toEqual({ params: ["lr", "extra"], metrics: ["acc"] });
    expect(collectKeys(rows).params[0]).toEqual({ key: "lr", runs: 2, varies: true });
  });
  it("of a single run are its own", () => {
    expect(defaultKeys([row("a", 1, { lr: "1", seed: "7" })]).params).toEqual(["lr", "seed"]);
  });
  it("stay in place and fill up to six", () => {
    const present = { params: ["p"], metrics: ["m1", "m2", "m3", "m4", "m5"] };
    expect(extendDefaults(present, { params: ["q"], metrics: ["m9", "m8", "m1"] })).toEqual({
      params: ["p", "q"],
      metrics: ["m1", "m2", "m3", "m4", "m5", "m9"],
    });
    expect(extendDefaults(present, { params: [], metrics: ["m1"] })).toBe(present);
  });
});
