import { describe, expect, it } from "vitest";
import { allPositive, extremes, smooth, toSeries } from "./series";

const points = [
  { step: 0, timestamp: 5000, value: 1 },
  { step: 1, timestamp: 4000, value: NaN },
  { step: 2, timestamp: 9000, value: 3 },
];

describe("a series", () => {
  it("follows the steps and counts what is no number", () => {
    expect(toSeries(points, "step")).toEqual({ x: [0, 1, 2], y: [1, null, 3], odd: [{ x: 1, value: NaN }] });
  });
  it("is sorted by time, from the first point when relative", () => {
    expect(toSeries(points, "time").x).toEqual([4, 5, 9]);
    expect(toSeries(points, "relative")).toMatchObject({ x: [0, 1, 5], y: [null, 1, 3] });
  });
  it("knows its extremes", () => {
    expect(extremes(toSeries(points, "step"))).toEqual({
      lowest: { x: 0, value: 1 },
      highest: { x: 2, value: 3 },
      last: { x: 2, value: 3 },
    });
    expect(extremes({ x: [0], y: [null], odd: [] })).toBeUndefined();
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
