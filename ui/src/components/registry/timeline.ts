/** Where the bars of a timeline stand. Pure functions. */
import type { Timeline } from "../../api/decisions";

export interface Bar {
  version: string;
  /** In per cent of the width. */
  left: number;
  width: number;
  since: number;
  until: number | undefined;
  event: number;
  by: string;
  reason: string;
}

export interface LaneRows {
  kind: string;
  name: string;
  /** Several versions may be in one stage at once: each row is free of overlaps. */
  rows: Bar[][];
}

/** The least width of a bar, in per cent: what held for a minute in ten years can still be pointed at. */
const LEAST = 0.8;

export function layout(lanes: NonNullable<Timeline["lanes"]>, from: number, to: number): LaneRows[] {
  const length = Math.max(1, to - from);
  const place = (time: number): number => Math.min(100, Math.max(0, ((time - from) / length) * 100));
  return lanes.map(({ kind, name, spans = [] }) => {
    const rows: Bar[][] = [];
    for (const span of [...spans].sort((a, b) => a.since - b.since)) {
      const until = span.until ?? undefined;
      if ((until ?? to) < from || span.since > to) continue;
      const left = Math.min(place(span.since), 100 - LEAST);
      const width = Math.max(LEAST, place(until ?? to) - left);
      const bar: Bar = { version: span.version, left, width, since: span.since, until, event: span.event ?? 0, by: span.by ?? "", reason: span.reason ?? "" };
      const free = rows.find((row) => (row.at(-1)?.until ?? Infinity) <= span.since);
      if (free) free.push(bar);
      else rows.push([bar]);
    }
    return { kind, name, rows };
  });
}

/** Moments for the marks of an axis: about `count` of them, evenly. */
export function axisTimes(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));
}
