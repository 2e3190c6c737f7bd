import { describe, expect, it } from "vitest";
import { columnsInView, type GridShape, rowsInView, scrollDelta } from "./window";

const SHAPE: GridShape = {
  rowCount: 1000,
  rowHeight: 32,
  headerHeight: 44,
  starts: [0, 200, 300, 400, 500, 600, 700, 800, 900],
  pinnedWidth: 200,
};
const view = (top: number, left = 0) => ({ top, left, width: 500, height: 44 + 320 });

describe("rows in view", () => {
  it("begin at the top and reach a little past the bottom", () => {
    expect(rowsInView(view(0), SHAPE)).toEqual({ first: 0, last: 18 });
  });
  it("follow the scroll, with some before and after", () => {
    expect(rowsInView(view(320), SHAPE)).toEqual({ first: 2, last: 28 });
  });
  it("end with the last one, also when the table became shorter than the scroll", () => {
    expect(rowsInView(view(32 * 990), SHAPE).last).toBe(999);
    expect(rowsInView(view(32 * 990), { ...SHAPE, rowCount: 5 })).toEqual({ first: 4, last: 4 });
  });
  it("are none of none", () => {
    const { first, last } = rowsInView(view(0), { ...SHAPE, rowCount: 0 });
    expect(last).toBeLessThan(first);
  });
});

describe("columns in view", () => {
  it("leave out the pinned one", () => {
    expect(columnsInView(view(0), SHAPE)).toEqual({ first: 1, last: 5 });
  });
  it("follow the scroll under the pinned one", () => {
    expect(columnsInView(view(0, 350), SHAPE)).toEqual({ first: 2, last: 8 });
  });
  it("are none when only the pinned one is there", () => {
    const { first, last } = columnsInView(view(0), { ...SHAPE, starts: [0] });
    expect(last).toBeLessThan(first);
  });
});

it("scrolls no further than needed", () => {
  expect(scrollDelta(100, 32, 44, 400)).toBe(0);
  expect(scrollDelta(10, 32, 44, 400)).toBe(-34);
  expect(scrollDelta(390, 32, 44, 400)).toBe(22);
});
