/** What could come next in a filter: pure functions on the text and the place of the caret. */

export type Place =
  /** A key is being written: `metrics.ac`. */
  | { kind: "key"; from: number; to: number; text: string }
  | { kind: "operator"; from: number; to: number; text: string; key: string }
  /** A value is being written, perhaps within quotes. */
  | { kind: "value"; from: number; to: number; text: string; key: string }
  | { kind: "connective"; from: number; to: number; text: string }
  | { kind: "none" };

const TOKEN = /\s+|(?:[\w.]+\.)?`[^`]*`?(?::\w*)?|(?:[\w]+\.)?"[^"]*"?|(?:[\w]+\.)?'[^']*'?|[<>=!]+|[(),]|[^\s<>=!(),'"`]+/g;
const OPERATOR = /^(?:[<>=!]+|i?like|rlike|in|is|between)$/i;
const CONNECTIVE = /^(?:and|or|not)$/i;

/** What the caret is in or behind. */
export function placeOf(text: string, caret: number): Place {
  const before = text.slice(0, caret);
  const words = [...before.matchAll(TOKEN)].map((match) => ({ text: match[0], from: match.index }));
  const isOpen = words.length > 0 && !/^\s+$/.test(words.at(-1)?.text ?? "");
  const last = isOpen ? words.pop() : undefined;
  const partial = last && !/^[(,]$/.test(last.text) ? last : undefined;
  const done = words.filter((word) => !/^\s+$/.test(word.text));
  if (last && !partial) done.push(last);

  // Walk over what is complete, to know what is expected now.
  let expected: "key" | "operator" | "value" | "connective" = "key";
  let key = "";
  let depth = 0;
  for (const { text: word } of done) {
    if (expected === "key") {
      if (word === "(" || CONNECTIVE.test(word)) continue;
      key = word;
      expected = "operator";
    } else if (expected === "operator") {
      if (/^not$/i.test(word)) continue;
      expected = OPERATOR.test(word) ? "value" : "connective";
    } else if (expected === "value") {
      if (word === "(") depth += 1;
      else if (word === ",") continue;
      else if (word === ")") depth -= 1;
      if (depth === 0 && !/^not$/i.test(word)) expected = "connective";
    } else if (CONNECTIVE.test(word)) expected = "key";
  }
  const from = partial?.from ?? caret;
  const written = partial?.text ?? "";
  // An operator needs no blank before it, nor a value behind it.
  if (expected === "operator" && /^[<>=!]+$/.test(written)) return { kind: "value", from: caret, to: caret, text: "", key };
  if (expected === "key" && /^[)]$/.test(written)) return { kind: "none" };
  const place = { from, to: caret, text: written };
  if (expected === "key" || expected === "connective") return { kind: expected, ...place };
  return { kind: expected, ...place, key };
}

/** A value as the language writes it: numbers as they are, everything else in quotes. */
export function quoteValue(value: string): string {
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}

/** What is between the quotes, as far as it is written. */
export function unquote(text: string): string {
  return text.replace(/^['"`]/, "").replace(/['"`]$/, "");
}

/** Operators that a key can have. */
export function operatorsOf(key: string): string[] {
  if (/^metrics?\./i.test(key) || /^(?:attributes?\.)?(?:start_time|end_time)$/i.test(key)) return ["=", "!=", ">", ">=", "<", "<="];
  if (/^params?\.|^parameters?\./i.test(key)) return ["=", "!=", "LIKE", "ILIKE", "IN", ">", "<", "IS NULL", "IS NOT NULL"];
  return ["=", "!=", "LIKE", "ILIKE", "IN", "IS NULL", "IS NOT NULL"];
}

/** The text with a piece replaced, and where the caret is then. */
export function replace(text: string, from: number, to: number, by: string): { text: string; caret: number } {
  const rest = text.slice(to);
  const padded = rest.startsWith(" ") ? by : `${by} `;
  return { text: text.slice(0, from) + padded + rest, caret: from + padded.length + (rest.startsWith(" ") ? 1 : 0) };
}
