/** The first line that says something, without Markdown's marks for headings and quotes. */
export function firstLine(text: string): string {
  const line = text.split("\n").find((each) => each.trim()) ?? "";
  return line.replace(/^\s*(?:#+|>|[-*+])\s+/, "").trim();
}

/** Markdown on one line, without its marks. */
export function plainSummary(text: string): string {
  return text
    .split("\n")
    .map((line) => firstLine(line))
    .filter(Boolean)
    .join(" ")
    .replace(/[*_`]+/g, "")
    .slice(0, 400);
}
