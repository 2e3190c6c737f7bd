import { describe, expect, it } from "vitest";
import { columnDigits, formatBytes, formatNumber, numberFromWire, plural, splitDecimal } from "./numbers";

describe("formatNumber", () => {
  it.each([
    [0.912345, "0.9123"],
    [0.9, "0.9"],
    [12.3456, "12.35"],
    [1234.56, "1235"],
    [123456.7, "123457"],
    [10000, "10000"],
    [1.25e-5, "1.25e-5"],
    [0.0001, "0.0001"],
    [1234567, "1.235e6"],
    [-0.5, "-0.5"],
    [0, "0"],
    [100, "100"],
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    [-Infinity, "-Infinity"],
    [1.7976931348623157e308, "1.798e308"],
  ])("writes %d as %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe("columnDigits", () => {
  it("keeps four digits when values already look different", () => {
    expect(columnDigits([0.91, 0.92])).toBe(4);
  });
  it("widens until different values look different", () => {
    expect(columnDigits([0.9123411, 0.9123422])).toBe(6);
  });
  it("stops at eight", () => {
    expect(columnDigits([0.9123456789, 0.9123456788])).toBe(8);
  });
  it("does not widen for equal values or for NaN", () => {
    expect(columnDigits([0.912345, 0.912345, NaN, Infinity])).toBe(4);
  });
});

it("splits a number at its decimals", () => {
  expect(splitDecimal("12.34")).toEqual(["12", ".34"]);
  expect(splitDecimal("1e-5")).toEqual(["1", "e-5"]);
  expect(splitDecimal("NaN")).toEqual(["NaN", ""]);
  expect(splitDecimal("7")).toEqual(["7", ""]);
});

it("reads what JSON cannot say", () => {
  expect(numberFromWire("NaN")).toBeNaN();
  expect(numberFromWire("-Infinity")).toBe(-Infinity);
  expect(numberFromWire(0.5)).toBe(0.5);
});

it("writes sizes and counts", () => {
  expect([0, 412, 999, 1234, 1_200_000].map(formatBytes)).toEqual(["0 B", "412 B", "999 B", "1.23 kB", "1.2 MB"]);
  expect(plural(1, "run")).toBe("1 run");
  expect(plural(10000, "run")).toBe("10,000 runs");
});
