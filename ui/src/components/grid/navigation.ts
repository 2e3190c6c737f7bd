/** Where the focus of a grid goes. Row -1 is the header. */

export interface CellPosition {
  row: number;
  column: number;
}

export interface GridSize {
  rows: number;
  columns: number;
  /** Rows that fit on the screen. */
  page: number;
}

/** The next position for a key, or undefined when the key does not move. */
export function moveCell(from: CellPosition, key: string, control: boolean, size: GridSize): CellPosition | undefined {
  const last = size.rows - 1;
  const clamp = (row: number, column: number): CellPosition => ({
    row: Math.max(-1, Math.min(last, row)),
    column: Math.max(0, Math.min(size.columns - 1, column)),
  });
  switch (key) {
    case "ArrowDown":
      return clamp(control ? last : from.row + 1, from.column);
    case "ArrowUp":
      return clamp(control ? -1 : from.row - 1, from.column);
    case "ArrowRight":
      return clamp(from.row, from.column + 1);
    case "ArrowLeft":
      return clamp(from.row, from.column - 1);
    case "Home":
      return clamp(control ? 0 : from.row, 0);
    case "End":
      return clamp(control ? last : from.row, size.columns - 1);
    case "PageDown":
      return clamp(from.row + size.page, from.column);
    case "PageUp":
      return clamp(Math.max(0, from.row - size.page), from.column);
    default:
      return undefined;
  }
}
