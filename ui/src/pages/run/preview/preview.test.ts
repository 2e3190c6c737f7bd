import { describe, expect, it } from "vitest";
import { delimiterOf, parseCsv } from "./csv";
import { hexDump, looksLikeText, previewKind } from "./kinds";

it.each([
  ["plots/confusion_matrix.PNG", "image"],
  ["train.py", "text"],
  ["model/MLmodel", "text"],
  ["report.html", "html"],
  ["README.md", "markdown"],
  ["metrics.json", "json"],
  ["data.csv", "table"],
  ["model.pkl", "other"],
  ["noextension", "other"],
])("%s is shown as %s", (path, kind) => {
  expect(previewKind(path)).toBe(kind);
});

describe("CSV", () => {
  it.each([
    ["a,b\n1,2\n", [["a", "b"], ["1", "2"]]],
    ['a,"b, ""c"""\r\n"x\ny",', [["a", 'b, "c"'], ["x\ny", ""]]],
    ["\ufeffa\n", [["a"]]],
    ["", []],
  ])("%j", (text, rows) => {
    expect(parseCsv(text)).toEqual(rows);
  });
  it("finds its delimiter", () => {
    expect(delimiterOf("a.tsv", "a,b")).toBe("\t");
    expect(delimiterOf("a.csv", "a;b\n1,5;2")).toBe(";");
    expect(delimiterOf("a.csv", "a,b;c")).toBe(",");
  });
});

it("tells text from bytes", () => {
  const text = new TextEncoder().encode("grüße\n\tx");
  expect(looksLikeText(text)).toBe(true);
  expect(looksLikeText(text.subarray(0, 3))).toBe(true); // cut inside a character
  expect(looksLikeText(new Uint8Array([0x80, 0x04, 0x95]))).toBe(false);
  expect(looksLikeText(new Uint8Array([65, 0, 66]))).toBe(false);
});

it("dumps bytes", () => {
  expect(hexDump(new Uint8Array([0x41, 0x00, 0xff]))).toBe(`00000000  41 00 ff${" ".repeat(39)}  A..`);
});
