export interface Cursor {
  row: number;
  column: number;
}

/** Where a key leads from a square; null for keys that lead nowhere. */
export function moved({ row, column }: Cursor, key: string, rows: number, columns: number): Cursor | null {
  const within = (value: number, count: number) => Math.min(Math.max(value, 0), Math.max(0, count - 1));
  const to: Record<string, Cursor> = {
    ArrowLeft: { row, column: within(column - 1, columns) },
    ArrowRight: { row, column: within(column + 1, columns) },
    ArrowUp: { row: within(row - 1, rows), column },
    ArrowDown: { row: within(row + 1, rows), column },
    Home: { row, column: 0 },
    End: { row, column: within(columns, columns) },
  };
  return to[key] ?? null;
}
