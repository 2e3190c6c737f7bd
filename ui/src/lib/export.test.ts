import { expect, it } from "vitest";
import { csvCell, toCsv, toJson, toPython } from "./export";

it.each([
  ["plain", "plain"],
  ['a "b", c', '"a ""b"", c"'],
  ["=1+1", "'=1+1"],
  ["@x", "'@x"],
  ["-0.5", "-0.5"],
  ["-x", "'-x"],
  [-3, "-3"],
])("the CSV cell of %j is %j", (value, cell) => {
  expect(csvCell(value)).toBe(cell);
});

const ENTRIES = [["acc", 0.5], ["loss", NaN], ["name", 'a"b']] as const;

it("writes JSON, CSV and Python", () => {
  expect(JSON.parse(toJson(ENTRIES))).toEqual({ acc: 0.5, loss: "NaN", name: 'a"b' });
  expect(toCsv(["key", "value"], ENTRIES)).toBe('key,value\r\nacc,0.5\r\nloss,NaN\r\nname,"a""b"');
  expect(toPython(ENTRIES)).toBe('{\n    "acc": 0.5,\n    "loss": float("nan"),\n    "name": "a\\"b",\n}');
  expect(toPython([["x", -Infinity]])).toContain('float("-inf")');
});
