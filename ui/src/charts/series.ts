/** What a chart draws, computed from a metric's history. Pure functions. */
import type { MetricPoint } from "../api/runs";

export type XAxis = "step" | "time" | "relative";

export interface Series {
  x: number[];
  /** Null where there is nothing to draw: NaN and the infinities. */
  y: (number | null)[];
  /** Where the values were no finite numbers, and what they were. */
  odd: { x: number; value: number }[];
}

/** Points against an axis, in its order. Times are seconds, as the chart library wants them. */
export function toSeries(points: readonly MetricPoint[], axis: XAxis): Series {
  const start = points.reduce((least, point) => Math.min(least, point.timestamp), Infinity);
  const position = (point: MetricPoint): number =>
    axis === "step" ? point.step : axis === "time" ? point.timestamp / 1000 : (point.timestamp - start) / 1000;
  const placed = points.map((point) => ({ x: position(point), value: point.value }));
  if (axis !== "step") placed.sort((a, b) => a.x - b.x);
  const series: Series = { x: [], y: [], odd: [] };
  for (const { x, value } of placed) {
    series.x.push(x);
    series.y.push(Number.isFinite(value) ? value : null);
    if (!Number.isFinite(value)) series.odd.push({ x, value });
  }
  return series;
}

/**
 * Exponential moving average without the pull towards zero at the start.
 *
 * `weight` is 0 (none) to 0.99. Gaps stay gaps.
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  let average = 0;
  let share = 1;
  return values.map((value) => {
    if (value === null) return null;
    average = weight * average + (1 - weight) * value;
    share *= weight;
    return average / (1 - share);
  });
}

/** Whether a logarithmic axis can show these values as they are; otherwise a symmetric one is used. */
export function allPositive(values: readonly (number | null)[]): boolean {
  return values.every((value) => value === null || value > 0);
}

export interface Extremes {
  lowest: { x: number; value: number };
  highest: { x: number; value: number };
  last: { x: number; value: number };
}

export function extremes(series: Series): Extremes | undefined {
  let found: Extremes | undefined;
  series.y.forEach((value, index) => {
    if (value === null) return;
    const point = { x: series.x[index] ?? 0, value };
    found = {
      lowest: found && found.lowest.value <= value ? found.lowest : point,
      highest: found && found.highest.value >= value ? found.highest : point,
      last: point,
    };
  });
  return found;
}
