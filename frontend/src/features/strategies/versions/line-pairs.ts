import type { DocumentLine } from '@/lib/api/types';

/** The lines before and after, beside each other; nothing where one side has no line. */
export interface LinePair {
  before: DocumentLine | null;
  after: DocumentLine | null;
}

/** Lays lines out in two columns: what was removed stands beside what was added in its place. */
export function pairsOf(lines: DocumentLine[]): LinePair[] {
  const pairs: LinePair[] = [];
  let removed: DocumentLine[] = [];
  let added: DocumentLine[] = [];
  const flush = () => {
    for (let place = 0; place < Math.max(removed.length, added.length); place += 1) {
      pairs.push({ before: removed[place] ?? null, after: added[place] ?? null });
    }
    [removed, added] = [[], []];
  };
  for (const line of lines) {
    if (line.kind === 'removed') removed.push(line);
    else if (line.kind === 'added') added.push(line);
    else {
      flush();
      pairs.push({ before: line, after: line });
    }
  }
  flush();
  return pairs;
}

/** Whether lines were left out between two that are shown one after the other. */
export function isGap(previous: DocumentLine | undefined, line: DocumentLine): boolean {
  if (!previous) return (line.before_line ?? line.after_line ?? 1) > 1;
  const jumps = (a: number | null, b: number | null) => a !== null && b !== null && b > a + 1;
  return jumps(previous.before_line, line.before_line) || jumps(previous.after_line, line.after_line);
}
