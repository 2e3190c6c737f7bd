/** Which rows and columns of a table are on screen. */
import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

export interface Range {
  first: number;
  /** Inclusive; less than `first` when nothing is shown. */
  last: number;
}

export interface GridWindow {
  rows: Range;
  columns: Range;
}

export interface GridShape {
  rowCount: number;
  rowHeight: number;
  headerHeight: number;
  /** Left edges of the columns; the first one is pinned over the others. */
  starts: readonly number[];
  pinnedWidth: number;
}

export interface Viewport {
  top: number;
  left: number;
  width: number;
  height: number;
}

const OVERSCAN_ROWS = 8;
const OVERSCAN_COLUMNS = 2;

/** Rows of equal height that are in the viewport, and a few around them. */
export function rowsInView(view: Viewport, { rowCount, rowHeight, headerHeight }: GridShape): Range {
  const first = Math.floor(view.top / rowHeight) - OVERSCAN_ROWS;
  const last = Math.ceil((view.top + view.height - headerHeight) / rowHeight) + OVERSCAN_ROWS;
  return { first: Math.max(0, Math.min(first, rowCount - 1)), last: Math.min(rowCount - 1, last) };
}

/** Columns that are in the viewport beside the pinned one, and a few around them. Never the pinned one itself. */
export function columnsInView(view: Viewport, { starts, pinnedWidth }: GridShape): Range {
  const left = view.left + pinnedWidth;
  const right = view.left + view.width;
  let first = 1;
  while (first + 1 < starts.length && (starts[first + 1] ?? 0) <= left) first++;
  let last = first;
  while (last + 1 < starts.length && (starts[last + 1] ?? 0) < right) last++;
  return {
    first: Math.max(1, first - OVERSCAN_COLUMNS),
    last: Math.min(starts.length - 1, last + OVERSCAN_COLUMNS),
  };
}

function same(a: Range, b: Range): boolean {
  return a.first === b.first && a.last === b.last;
}

/**
 * The part of a table that is on screen. The layout is read once an event, before anything is written, and the
 * table is drawn again only when another row or column comes into view, in the same frame.
 */
export function useGridWindow(scroller: RefObject<HTMLElement | null>, shape: GridShape): GridWindow {
  const [view, setView] = useState<Viewport>({ top: 0, left: 0, width: window.innerWidth, height: window.innerHeight });
  const shown = useRef<GridWindow>(undefined);
  const latest = useRef(shape);
  latest.current = shape;
  const current: GridWindow = { rows: rowsInView(view, shape), columns: columnsInView(view, shape) };
  shown.current = current;

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const read = (): Viewport => ({
      top: element.scrollTop,
      left: element.scrollLeft,
      width: element.clientWidth,
      height: element.clientHeight,
    });
    const update = (): void => {
      const next = read();
      const before = shown.current;
      if (before && same(before.rows, rowsInView(next, latest.current)) && same(before.columns, columnsInView(next, latest.current))) return;
      flushSync(() => setView(next));
    };
    setView(read());
    element.addEventListener("scroll", update, { passive: true });
    const watch = new ResizeObserver(() => setView(read()));
    watch.observe(element);
    return () => {
      element.removeEventListener("scroll", update);
      watch.disconnect();
    };
  }, [scroller]);
  return current;
}

/** How far to scroll so that `start … start + size` is wholly between `from` and `to`; 0 when it is. */
export function scrollDelta(start: number, size: number, from: number, to: number): number {
  if (start < from) return start - from;
  return start + size > to ? start + size - to : 0;
}
