/** Where a line (from 1) stands in a text, its end not counted in; the last line for one behind it. */
export function rangeOfLine(text: string, line: number): [number, number] {
  const lines = text.split('\n');
  const place = Math.min(Math.max(line, 1), lines.length) - 1;
  const start = lines.slice(0, place).reduce((sum, { length }) => sum + length + 1, 0);
  return [start, start + (lines[place]?.length ?? 0)];
}

/** How long a text is as a file. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The text of a file; null if it is no UTF-8. */
export async function textOf(file: Blob): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return null;
  }
}
