import { describe, expect, it } from "vitest";
import { moveCell } from "./navigation";
import { coverage, extend, toggle, toggleAll } from "./selection";

const SIZE = { rows: 100, columns: 5, page: 20 };

describe("moving through a grid", () => {
  it.each([
    [{ row: 0, column: 0 }, "ArrowDown", false, { row: 1, column: 0 }],
    [{ row: 0, column: 0 }, "ArrowUp", false, { row: -1, column: 0 }],
    [{ row: -1, column: 0 }, "ArrowUp", false, { row: -1, column: 0 }],
    [{ row: 99, column: 4 }, "ArrowDown", false, { row: 99, column: 4 }],
    [{ row: 3, column: 4 }, "ArrowRight", false, { row: 3, column: 4 }],
    [{ row: 3, column: 4 }, "Home", false, { row: 3, column: 0 }],
    [{ row: 3, column: 0 }, "End", false, { row: 3, column: 4 }],
    [{ row: 3, column: 2 }, "Home", true, { row: 0, column: 0 }],
    [{ row: 3, column: 2 }, "End", true, { row: 99, column: 4 }],
    [{ row: 3, column: 2 }, "PageDown", false, { row: 23, column: 2 }],
    [{ row: 3, column: 2 }, "PageUp", false, { row: 0, column: 2 }],
  ])("from %j by %s (control: %s) to %j", (from, key, control, to) => {
    expect(moveCell(from, key, control, SIZE)).toEqual(to);
  });

  it("leaves other keys alone", () => {
    expect(moveCell({ row: 0, column: 0 }, "a", false, SIZE)).toBeUndefined();
  });

  it("stays in the header of an empty grid", () => {
    expect(moveCell({ row: -1, column: 0 }, "PageDown", false, { rows: 0, columns: 1, page: 20 })).toEqual({ row: -1, column: 0 });
  });
});

describe("selecting rows", () => {
  const ids = ["a", "b", "c", "d"];
  it("toggles one", () => {
    const one = toggle(new Set(), "b");
    expect([...one]).toEqual(["b"]);
    expect([...toggle(one, "b")]).toEqual([]);
  });
  it("extends both ways from the anchor and keeps what is selected elsewhere", () => {
    expect([...extend(new Set(["z"]), ids, "c", "a")].sort()).toEqual(["a", "b", "c", "z"]);
    expect([...extend(new Set(), ids, "b", "d")]).toEqual(["b", "c", "d"]);
  });
  it("without an anchor on screen takes the row itself", () => {
    expect([...extend(new Set(), ids, "gone", "c")]).toEqual(["c"]);
    expect([...extend(new Set(), ids, undefined, "c")]).toEqual(["c"]);
  });
  it("takes all loaded rows, then none of them", () => {
    const hidden = new Set(["z"]);
    expect(coverage(hidden, ids)).toBe("none");
    expect(coverage(toggle(hidden, "a"), ids)).toBe("some");
    const all = toggleAll(hidden, ids);
    expect(coverage(all, ids)).toBe("all");
    expect([...toggleAll(all, ids)]).toEqual(["z"]);
  });
});
