/** Sections of charts: keys with the same prefix belong together. */

export interface MetricGroup {
  /** `train` for `train/loss`; empty for keys without one. */
  prefix: string;
  keys: string[];
}

/** Groups by everything before the last slash; keys without one come first. */
export function groupByPrefix(keys: readonly string[]): MetricGroup[] {
  const groups = new Map<string, string[]>();
  for (const key of [...keys].sort((a, b) => a.localeCompare(b, "en", { numeric: true }))) {
    const prefix = key.slice(0, Math.max(0, key.lastIndexOf("/")));
    groups.set(prefix, [...(groups.get(prefix) ?? []), key]);
  }
  return [...groups].map(([prefix, members]) => ({ prefix, keys: members })).sort((a, b) => a.prefix.localeCompare(b.prefix, "en"));
}

/** Tests keys against a regular expression; one that is not finished yet counts as plain text. */
export function keyMatcher(search: string): { test: (key: string) => boolean; broken: boolean } {
  const wanted = search.trim();
  try {
    const expression = new RegExp(wanted, "i");
    return { test: (key) => expression.test(key), broken: false };
  } catch {
    return { test: (key) => key.toLowerCase().includes(wanted.toLowerCase()), broken: true };
  }
}
