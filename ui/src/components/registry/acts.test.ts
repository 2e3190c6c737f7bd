import { expect, it } from "vitest";
import { actName, changeOf } from "./acts";

it.each([
  [{ action: "transition_stage", slot: "stage/3", before: { stage: "None" }, after: { stage: "Production" } }, ["", "None", "Production"]],
  [{ action: "set_alias", slot: "alias/champion", before: { version: "2" }, after: { version: "3" } }, ["@champion", "v2", "v3"]],
  [{ action: "delete_alias", slot: "alias/a/b", before: { version: "2" }, after: undefined }, ["@a/b", "v2", ""]],
  [{ action: "set_model_version_tag", slot: "version-tag/4/x", before: undefined, after: { key: "x", value: "1" } }, ["x", "", "1"]],
  [{ action: "describe_registered_model", slot: "description", before: { description: "" }, after: { description: "Hi" } }, ["", "", "Hi"]],
  [{ action: "request_transition", slot: "request/9", before: undefined, after: { place: "alias/champion" } }, ["", "", "@champion"]],
  [{ action: "transition_stage", slot: "stage/3", before: undefined, after: undefined }, ["", "", ""]],
])("says what changed: %j", (event, [what, before, after]) => {
  expect(changeOf(event)).toEqual({ what, before, after });
});

it("has a name for every act, known or not", () => {
  expect([actName("transition_stage"), actName("seal_everything")]).toEqual(["Moved", "Seal everything"]);
});
