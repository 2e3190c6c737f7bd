/** What stands in a line of the table for a column. */
import type { TableRun } from "../../api/tables";
import type { Line } from "./lines";
import { type ColumnKey, columnText } from "./view";

/** The text of a cell, as it was logged. */
export function textOf(run: TableRun, column: string): string | undefined {
  const cell = run.cells[column];
  return cell === undefined || cell === null ? undefined : String(cell);
}

/** The number in a metric column: of a run its own, of a group the mean. */
export function numberOf(line: Line, column: ColumnKey): number | undefined {
  if (line.kind === "more") return undefined;
  const text = columnText(column);
  if (line.kind === "group") return line.group.metrics[text]?.mean ?? undefined;
  const cell = line.run.cells[text];
  return typeof cell === "number" ? cell : undefined;
}
