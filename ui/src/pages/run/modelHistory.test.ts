import { expect, it } from "vitest";
import { pathsOfHistory } from "./modelHistory";

it("reads the folders of models, and nothing from what it does not know", () => {
  expect(pathsOfHistory('[{"artifact_path": "model", "flavors": {}}, null, {"artifact_path": 1}]')).toEqual(["model"]);
  expect([pathsOfHistory("{}"), pathsOfHistory("broken"), pathsOfHistory(undefined)]).toEqual([[], [], []]);
});
