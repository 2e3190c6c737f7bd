/** Keys and values in the forms people paste elsewhere. */

export type Entry = readonly [key: string, value: string | number];

export function toJson(entries: readonly Entry[]): string {
  // JSON has no NaN; as words they at least survive.
  const value = (each: string | number): string | number => (typeof each === "number" && !Number.isFinite(each) ? String(each) : each);
  return JSON.stringify(Object.fromEntries(entries.map(([key, each]) => [key, value(each)])), null, 2);
}

export function toCsv(header: readonly [string, string], entries: readonly Entry[]): string {
  return [header, ...entries].map((line) => line.map(csvCell).join(",")).join("\r\n");
}

/** One cell. Text that a spreadsheet would run as a formula gets a leading quote; numbers stay numbers. */
export function csvCell(value: string | number): string {
  const text = String(value);
  const isNumber = text.trim() !== "" && Number.isFinite(Number(text));
  const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function toPython(entries: readonly Entry[]): string {
  const value = (each: string | number): string =>
    typeof each === "string" ? JSON.stringify(each) : Number.isFinite(each) ? String(each) : `float("${String(each).replace("Infinity", "inf").toLowerCase()}")`;
  return `{\n${entries.map(([key, each]) => `    ${JSON.stringify(key)}: ${value(each)},`).join("\n")}\n}`;
}
