import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { numberOf } from "./cells";
import type { Line } from "./lines";
import { columnDigits, formatNumber, splitDecimal } from "../../lib/numbers";
import { type ColumnKey, columnId } from "./view";

export interface NumberWidth {
  digits: number;
  /** Characters that the longest decimals take, the point included. */
  fraction: number;
}

/** What a column needs for these values, never less than it had: numbers do not jump while scrolling. */
export function widen(present: NumberWidth | undefined, values: readonly number[]): NumberWidth {
  const digits = columnDigits(values, present?.digits);
  let fraction = present?.fraction ?? 0;
  for (const value of values) fraction = Math.max(fraction, splitDecimal(formatNumber(value, digits))[1].length);
  return present?.digits === digits && present.fraction === fraction ? present : { digits, fraction };
}

/** How many digits each metric column shows, from the values on screen. */
export function useNumberWidths(
  lines: readonly Line[],
  columns: readonly ColumnKey[],
): { widths: ReadonlyMap<string, NumberWidth>; onVisible: (first: number, last: number) => void } {
  const [widths, setWidths] = useState<ReadonlyMap<string, NumberWidth>>(new Map());
  const shown = useRef<[number, number]>([0, 60]);
  const keys = useMemo(() => columns.filter((column) => column.kind === "metric"), [columns]);

  const measure = useCallback(() => {
    const [first, last] = shown.current;
    const visible = lines.slice(first, last + 1);
    setWidths((present) => {
      let next: Map<string, NumberWidth> | undefined;
      for (const column of keys) {
        const id = columnId(column);
        const values = visible.flatMap((line) => numberOf(line, column) ?? []);
        const width = widen(present.get(id), values);
        if (width === present.get(id)) continue;
        next ??= new Map(present);
        next.set(id, width);
      }
      return next ?? present;
    });
  }, [lines, keys]);

  useEffect(measure, [measure]);
  const onVisible = useCallback(
    (first: number, last: number) => {
      if (Math.abs(first - shown.current[0]) < 8 && Math.abs(last - shown.current[1]) < 8) return;
      shown.current = [first, last];
      measure();
    },
    [measure],
  );
  return { widths, onVisible };
}
