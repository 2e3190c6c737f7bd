/** The first line that says something, without Markdown's marks for headings and quotes. */
export function firstLine(text: string): string {
  const line = text.split("\n").find((each) => each.trim()) ?? "";
  return line.replace(/^\s*(?:#+|>|[-*+])\s+/, "").trim();
}
