import { expect, it } from "vitest";
import { formatAgo, formatDuration, formatExact } from "./times";

const NOW = new Date(2026, 10, 21, 11, 35, 49, 120).getTime();
const MINUTE = 60_000;

it.each([
  [0, "just now"],
  [30_000, "30 s ago"],
  [3 * MINUTE, "3 min ago"],
  [5 * 60 * MINUTE, "5 h ago"],
  [25 * 60 * MINUTE, "1 day ago"],
  [6 * 24 * 60 * MINUTE, "6 days ago"],
  [7 * 24 * 60 * MINUTE, "2026-11-14"],
])("an age of %d ms is %s", (age, text) => {
  expect(formatAgo(NOW - age, NOW)).toBe(text);
});

it("shows the date of a clock far ahead", () => {
  expect(formatAgo(NOW + 48 * 60 * MINUTE, NOW)).toBe("2026-11-23");
});

it.each([
  [0, "0 ms"],
  [450, "450 ms"],
  [3210, "3.2 s"],
  [9960, "10 s"],
  [408_000, "6 min 48 s"],
  [3_599_600, "1 h"],
  [7_500_000, "2 h 5 min"],
  [100 * 3_600_000, "4 d 4 h"],
  [-1, "–"],
])("%d ms lasts %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it("writes the exact time with its zone", () => {
  expect(formatExact(NOW)).toMatch(/^2026-11-21 11:35:49\.120 [+-]\d\d:\d\d$/);
});
