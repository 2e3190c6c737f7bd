/** Reads tags as they are typed into a form: one `key = value` a line. */
export function parseTagLines(text: string): { tags: Record<string, string>; problem?: string } {
  const tags: Record<string, string> = {};
  for (const [index, line] of text.split("\n").entries()) {
    if (!line.trim()) continue;
    const equals = line.indexOf("=");
    const key = (equals < 0 ? line : line.slice(0, equals)).trim();
    if (equals < 0 || !key) return { tags, problem: `Line ${index + 1}: write key = value.` };
    if (key in tags) return { tags, problem: `Line ${index + 1}: ${key} is there twice.` };
    tags[key] = line.slice(equals + 1).trim();
  }
  return { tags };
}
