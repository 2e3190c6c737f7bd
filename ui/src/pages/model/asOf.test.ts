import { expect, it } from "vitest";
import { localText, parseMoment } from "./AsOf";

it.each([
  ["2023-03-14T12:00:00Z", Date.UTC(2023, 2, 14, 12)],
  ["1678795200000", 1_678_795_200_000],
  ["never", undefined],
  [undefined, undefined],
])("reads the moment %j", (text, expected) => {
  expect(parseMoment(text)).toBe(expected);
});

it("writes a moment so that the field reads the same one back", () => {
  const moment = Date.UTC(2023, 2, 14, 12, 30);
  expect(new Date(localText(moment)).getTime()).toBe(moment);
});
