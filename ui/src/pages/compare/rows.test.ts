import { expect, it } from "vitest";
import { sectionsOf } from "./rows";

it("has the values of every run, says which differ, and leaves out the client's own tags", () => {
  const sections = sectionsOf({
    run_id: ["a", "b"],
    metrics: { acc: { last: [0.91231, null] }, nan: { last: ["NaN", "NaN"] } },
    params: { lr: ["0.1", "0.2"], seed: ["", ""] },
    tags: { team: ["x", "x"], "mlflow.user": ["ada", "bob"] },
    varies: { metrics: ["acc"], params: ["lr"], tags: ["mlflow.user"] },
  });
  expect(sections.map(({ rows }) => rows.map(({ key, varies, cells }) => [key, varies, ...cells.map(({ text }) => text)]))).toEqual([
    [["acc", true, "0.9123", "–"], ["nan", false, "NaN", "NaN"]],
    [["lr", true, "0.1", "0.2"], ["seed", false, '""', '""']],
    [["team", false, "x", "x"]],
  ]);
});
