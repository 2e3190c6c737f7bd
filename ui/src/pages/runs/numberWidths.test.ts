import { expect, it } from "vitest";
import { widen } from "./useNumberWidths";

it("asks for the digits that tell the values apart and for room for their decimals", () => {
  expect(widen(undefined, [0.5, 12.25])).toEqual({ digits: 4, fraction: 3 });
  expect(widen(undefined, [0.9123411, 0.9123422])).toEqual({ digits: 6, fraction: 7 });
});

it("never narrows, and is the same object when nothing changes", () => {
  const wide = widen(undefined, [0.9123411, 0.9123422]);
  expect(widen(wide, [1, 2])).toBe(wide);
});
