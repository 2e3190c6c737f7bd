import { describe, expect, it } from "vitest";
import { operatorsOf, placeOf, quoteValue, replace } from "./completion";

/** The place of the `|` in a text. */
const at = (text: string): string => {
  const place = placeOf(text.replace("|", ""), text.indexOf("|"));
  return place.kind === "none" ? "none" : [place.kind, place.text, ..."key" in place ? [place.key] : []].join(" ").trim();
};

describe("what the caret is in", () => {
  it.each([
    ["|", "key"],
    ["metr|", "key metr"],
    ["metrics.val/acc|", "key metrics.val/acc"],
    ["metrics.`val acc|", "key metrics.`val acc"],
    ["metrics.acc |", "operator  metrics.acc"],
    ["metrics.acc >|", "value  metrics.acc"],
    ["params.opt = |", "value  params.opt"],
    ["params.opt = 'ad|", "value 'ad params.opt"],
    ["params.opt NOT LI|", "operator LI params.opt"],
    ["params.opt IN ('a', |", "value  params.opt"],
    ["params.opt IN ('a', 'b') |", "connective"],
    ["params.opt IN ('a', 'b') a|", "connective a"],
    ["metrics.acc > 0.9 AND |", "key"],
    ["(metrics.acc > 0.9 OR par|", "key par"],
    ["metrics.acc > 0.9 |AND x = 1", "connective"],
    ["params.`a b` = 'x' and tags.te|", "key tags.te"],
  ])("%s", (text, expected) => {
    expect(at(text)).toBe(expected);
  });

  it("never throws, wherever the caret is", () => {
    const text = "metrics.a >= 1e-3 and (params.`x y` NOT IN ('a', \"b'\") or not tags.\"t\" is not null)";
    for (let caret = 0; caret <= text.length; caret++) expect(placeOf(text, caret).kind).toBeTypeOf("string");
  });
});

it("quotes values with the kind that can hold them", () => {
  expect([quoteValue("adam"), quoteValue("it's")]).toEqual(["'adam'", '"it\'s"']);
});

it("replaces what is written and leaves one blank behind it", () => {
  expect(replace("metr", 0, 4, "metrics.acc")).toEqual({ text: "metrics.acc ", caret: 12 });
  expect(replace("par = 1", 0, 3, "params.a")).toEqual({ text: "params.a = 1", caret: 9 });
});

it("offers comparisons of size for what is a number", () => {
  expect(operatorsOf("metrics.a")).toContain(">=");
  expect(operatorsOf("tags.a")).not.toContain(">=");
});
