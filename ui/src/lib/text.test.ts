import { expect, it } from "vitest";
import { firstLine, plainSummary } from "./text";

it("takes the first line that says something", () => {
  expect(firstLine("\n\n## Title\nmore")).toBe("Title");
  expect(firstLine("")).toBe("");
});

it("puts Markdown on one line", () => {
  expect(plainSummary("# Fraud\n\nTrees on **card data**.\n- `one`\n")).toBe("Fraud Trees on card data. one");
});
