/** What a chart draws, computed from a metric's history. Pure functions. */
import type { Envelope } from "../api/metrics";

export type XAxis = "step" | "time" | "relative";

export interface Series {
  x: number[];
  /** Null where there is nothing to draw: NaN and the infinities. */
  y: (number | null)[];
  /** Least and greatest value around each point, where it stands for several. */
  low: (number | null)[];
  high: (number | null)[];
  /** Where there were values that are no finite numbers. */
  odd: number[];
}

/** Where a point of the server's axis is on the chart's; times are seconds, as the chart library wants them. */
export function toAxis(x: number, axis: XAxis, origin: number): number {
  return axis === "step" ? x : (axis === "time" ? x : x - origin) / 1000;
}

/** The way back, for a range that is zoomed into. */
export function fromAxis(x: number, axis: XAxis, origin: number): number {
  return axis === "step" ? x : axis === "time" ? x * 1000 : x * 1000 + origin;
}

/** What a chart draws of an envelope. `origin` is the time at which a relative axis begins, in ms. */
export function toSeries(envelope: Envelope, axis: XAxis, origin: number): Series {
  const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);
  const at = (x: number): number => toAxis(x, axis, origin);
  const odd = new Set(envelope.nan);
  envelope.x.forEach((x, index) => {
    const value = envelope.last[index];
    if (value !== null && value !== undefined && !Number.isFinite(value)) odd.add(x);
  });
  return {
    x: envelope.x.map(at),
    y: envelope.last.map(finite),
    low: envelope.low.map(finite),
    high: envelope.high.map(finite),
    odd: [...odd].sort((a, b) => a - b).map(at),
  };
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
  lowest: number;
  highest: number;
  last: number;
}

export function extremes({ low, high, y }: Series): Extremes | undefined {
  const numbers = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
  const last = numbers(y).at(-1);
  if (last === undefined) return undefined;
  const least = (a: number, b: number): number => Math.min(a, b);
  const most = (a: number, b: number): number => Math.max(a, b);
  return { lowest: numbers(low).reduce(least, last), highest: numbers(high).reduce(most, last), last };
}
