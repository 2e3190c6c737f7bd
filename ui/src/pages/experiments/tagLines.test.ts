import { expect, it } from "vitest";
import { parseTagLines } from "./tagLines";

it("reads one tag a line", () => {
  expect(parseTagLines("team = risk\n\n url=http://x/?a=b \nempty=")).toEqual({
    tags: { team: "risk", url: "http://x/?a=b", empty: "" },
  });
});

it.each([
  ["team", "Line 1: write key = value."],
  ["a=1\n=2", "Line 2: write key = value."],
  ["a=1\na=2", "Line 2: a is there twice."],
])("refuses %j", (text, problem) => {
  expect(parseTagLines(text).problem).toBe(problem);
});
