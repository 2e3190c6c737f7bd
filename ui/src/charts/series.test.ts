import { describe, expect, it } from "vitest";
import { allPositive, extremes, fromAxis, smooth, toAxis, toSeries } from "./series";

const envelope = {
  n: 40,
  x: [10, 20, 30],
  low: [0.5, null, 2],
  high: [1, null, Infinity],
  last: [1, null, Infinity],
  nan: [20],
  sampled: true,
};

describe("a series", () => {
  it("has the last values with their ranges, and says where something is no number", () => {
    expect(toSeries(envelope, "step", 0)).toEqual({
      x: [10, 20, 30],
      y: [1, null, null],
      low: [0.5, null, 2],
      high: [1, null, null],
      odd: [20, 30],
    });
  });
  it("stands on an axis of seconds, from its origin when relative", () => {
    expect(toSeries({ ...envelope, x: [5000, 6000, 9000] }, "time", 0).x).toEqual([5, 6, 9]);
    expect(toSeries({ ...envelope, x: [5000, 6000, 9000] }, "relative", 5000).x).toEqual([0, 1, 4]);
  });
  it.each(["step", "time", "relative"] as const)("finds the way back from the axis: %s", (axis) => {
    expect(fromAxis(toAxis(7000, axis, 5000), axis, 5000)).toBe(7000);
  });
  it("knows its extremes, those between the points too", () => {
    expect(extremes(toSeries(envelope, "step", 0))).toEqual({ lowest: 0.5, highest: 1, last: 1 });
    expect(extremes({ x: [0], y: [null], low: [null], high: [null], odd: [] })).toBeUndefined();
  });
});

describe("smoothing", () => {
  it("with weight 0 changes nothing", () => {
    expect(smooth([1, 5, 2], 0)).toEqual([1, 5, 2]);
  });
  it("keeps a constant exactly where it is, from the first point", () => {
    for (const value of smooth([3, 3, 3, 3], 0.9)) expect(value).toBeCloseTo(3, 12);
  });
  it("leaves gaps and goes on after them", () => {
    const [a, gap, b] = smooth([2, null, 4], 0.5);
    expect([a, gap]).toEqual([2, null]);
    expect(b).toBeCloseTo((0.5 * 1 + 2) / 0.75, 12);
  });
});

it("tells whether a logarithm is possible", () => {
  expect(allPositive([1, null, 0.1])).toBe(true);
  expect(allPositive([1, 0])).toBe(false);
});
