/** How metric values are written: 4 significant digits, more only where they tell values apart. */

const LEAST_DIGITS = 4;
const MOST_DIGITS = 8;

/** Drops zeros that say nothing: `0.9000` → `0.9`, `1.250e-5` → `1.25e-5`. */
function trimZeros(text: string): string {
  if (!text.includes(".")) return text;
  return text.replace(/(\.\d*?)0+(?=e|$)/, "$1").replace(/\.(?=e|$)/, "");
}

/** One number for people. Words for NaN and the infinities, an exponent outside 1e-4 … 1e6. */
export function formatNumber(value: number, digits: number = LEAST_DIGITS): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return String(value);
  if (size < 1e-4 || size >= 1e6) return trimZeros(value.toExponential(digits - 1)).replace("e+", "e");
  const text = value.toPrecision(digits);
  // toPrecision turns to an exponent when the integer part has more digits than asked for.
  return text.includes("e") ? String(Math.round(value)) : trimZeros(text);
}

/** The fewest digits (4 to 8) with which the different values of a column look different. */
export function columnDigits(values: Iterable<number>, start: number = LEAST_DIGITS): number {
  const distinct = new Set<number>();
  for (const value of values) if (Number.isFinite(value)) distinct.add(value);
  for (let digits = start; digits < MOST_DIGITS; digits++) {
    const shown = new Set<string>();
    for (const value of distinct) shown.add(formatNumber(value, digits));
    if (shown.size === distinct.size) return digits;
  }
  return MOST_DIGITS;
}

/** Splits a written number where its decimals begin, so that columns can align on the point. */
export function splitDecimal(text: string): [whole: string, fraction: string] {
  const point = text.search(/[.e]/);
  return point < 0 || !/^-?\d/.test(text) ? [text, ""] : [text.slice(0, point), text.slice(point)];
}

/** Reads a number as the wire writes it: JSON has no NaN, so those come as strings. */
export function numberFromWire(value: number | string | undefined): number {
  return typeof value === "number" ? value : Number(value ?? NaN);
}

/** File sizes: `0 B`, `412 B`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? size : trimZeros(size.toPrecision(3))} ${units[unit]}`;
}

/** `10,000`: counts in sentences, the same on every machine. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 run`, `2 runs`. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
