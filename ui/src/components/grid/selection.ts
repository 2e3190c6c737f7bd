/** Which rows are selected, by id: it survives sorting, filtering and scrolling. */

export type Selection = ReadonlySet<string>;

export function toggle(selection: Selection, id: string): Selection {
  const next = new Set(selection);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** Adds every row between the anchor and the target, in the order now on screen. */
export function extend(selection: Selection, ids: readonly string[], anchor: string | undefined, target: string): Selection {
  const to = ids.indexOf(target);
  const from = anchor === undefined ? to : ids.indexOf(anchor);
  if (to < 0) return selection;
  const start = from < 0 ? to : Math.min(from, to);
  const end = from < 0 ? to : Math.max(from, to);
  return new Set([...selection, ...ids.slice(start, end + 1)]);
}

/** The header's box: none, some or all of the loaded rows. */
export function coverage(selection: Selection, ids: readonly string[]): "none" | "some" | "all" {
  let count = 0;
  for (const id of ids) if (selection.has(id)) count++;
  return count === 0 ? "none" : count === ids.length ? "all" : "some";
}

/** A click on the header's box: all loaded rows, or none of them when all were selected. */
export function toggleAll(selection: Selection, ids: readonly string[]): Selection {
  const next = new Set(selection);
  const all = coverage(selection, ids) === "all";
  for (const id of ids) {
    if (all) next.delete(id);
    else next.add(id);
  }
  return next;
}
