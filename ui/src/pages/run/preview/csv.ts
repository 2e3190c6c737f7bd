/** Reads CSV and TSV: quotes, doubled quotes, line ends inside quotes. */
export function parseCsv(text: string, delimiter: "," | "\t" | ";" = ","): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (quoted) {
      if (character !== '"') cell += character;
      else if (source[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (character === '"' && cell === "") quoted = true;
    else if (character === delimiter) {
      row.push(cell);
      cell = "";
    } else if (character === "\n" || character === "\r") {
      if (character === "\r" && source[at + 1] === "\n") at++;
      rows.push([...row, cell]);
      row = [];
      cell = "";
    } else cell += character;
  }
  if (cell !== "" || row.length > 0) rows.push([...row, cell]);
  return rows;
}

/** Tabs for `.tsv`; otherwise what the first line has more of. */
export function delimiterOf(path: string, text: string): "," | "\t" | ";" {
  if (path.toLowerCase().endsWith(".tsv")) return "\t";
  const first = text.slice(0, text.indexOf("\n") < 0 ? undefined : text.indexOf("\n"));
  return first.includes(";") && !first.includes(",") ? ";" : ",";
}
