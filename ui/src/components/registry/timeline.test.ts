import { expect, it } from "vitest";
import { axisTimes, layout } from "./timeline";

const span = (version: string, since: number, until?: number) => ({ version, since, until, event: Number(version) });

it("puts bars where they held, and those that still hold up to the end", () => {
  const [lane] = layout([{ kind: "stage", name: "Production", spans: [span("1", 0, 50), span("2", 50)] }], 0, 100);
  expect(lane?.rows).toHaveLength(1);
  expect(lane?.rows[0]?.map(({ left, width }) => [left, width])).toEqual([[0, 50], [50, 50]]);
});

it("gives versions that hold at the same time rows of their own", () => {
  const spans = [span("1", 0), span("2", 10, 20), span("3", 25)];
  expect(layout([{ kind: "stage", name: "Archived", spans }], 0, 100)[0]?.rows.map((row) => row.map(({ version }) => version))).toEqual([["1"], ["2", "3"]]);
});

it("leaves out what is outside, and keeps what is short visible", () => {
  const spans = [span("1", 0, 10), span("2", 50, 50), span("3", 400)];
  const bars = layout([{ kind: "alias", name: "a", spans }], 20, 120)[0]?.rows.flat() ?? [];
  expect(bars.map(({ version }) => version)).toEqual(["2"]);
  expect(bars[0]?.width).toBeGreaterThan(0.5);
});

it("spreads the marks of the axis", () => {
  expect(axisTimes(0, 100, 5)).toEqual([0, 25, 50, 75, 100]);
});
