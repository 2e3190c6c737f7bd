import { expect, it } from "vitest";
import { groupByPrefix, keyMatcher } from "./metricGroups";

it("groups keys by prefix, those without first", () => {
  expect(groupByPrefix(["val/loss", "train/loss", "lr", "train/acc"])).toEqual([
    { prefix: "", keys: ["lr"] },
    { prefix: "train", keys: ["train/acc", "train/loss"] },
    { prefix: "val", keys: ["val/loss"] },
  ]);
});

it("searches by regular expression, and by text while it is incomplete", () => {
  expect(["loss", "acc"].filter(keyMatcher("^l").test)).toEqual(["loss"]);
  const broken = keyMatcher("a(");
  expect(broken.broken).toBe(true);
  expect(["a(b", "ab"].filter(broken.test)).toEqual(["a(b"]);
});
