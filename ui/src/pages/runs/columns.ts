/** Which columns stand there before anybody has chosen some. */
import { type ColumnKey, columnId, columnOfText } from "./view";

const MOST = 6;

/**
 * The columns that the server proposes, beside those that are on screen already: columns do not come and go with what
 * the newest runs have.
 */
export function extendDefaults(present: readonly ColumnKey[], proposed: readonly string[]): readonly ColumnKey[] {
  const ids = new Set(present.map(columnId));
  const added: ColumnKey[] = [];
  for (const text of proposed) {
    const column = columnOfText(text);
    if (!column || ids.has(columnId(column))) continue;
    const alike = [...present, ...added].filter((each) => each.kind === column.kind);
    if (alike.length < MOST) added.push(column);
  }
  return added.length > 0 ? [...present, ...added] : present;
}

/** On a phone the numbers come first: what else there is, is sideways. */
export function defaultColumns(keys: readonly ColumnKey[], severalExperiments: boolean, narrow = false): ColumnKey[] {
  const attributes = [...(severalExperiments ? ["experiment"] : []), "started", "duration", "user"];
  const of = (kind: ColumnKey["kind"]): ColumnKey[] => keys.filter((column) => column.kind === kind);
  const facts = attributes.map((key): ColumnKey => ({ kind: "attribute", key }));
  return narrow ? [...of("metric"), ...of("param"), ...of("tag"), ...facts] : [...facts, ...of("metric"), ...of("param"), ...of("tag")];
}
