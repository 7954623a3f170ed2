/** So far apart equal lines are still found to be the same one. */
const WINDOW = 60;

/** For each line of `a` the place of its equal in `b`, in order; −1 for a line that `b` has not. */
function matesIn(a: string[], b: string[]): number[] {
  const mates = a.map(() => -1);
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const step = nextEqual(a, b, i, j);
    if (!step) break;
    i += step[0];
    j += step[1];
    mates[i] = j;
    i += 1;
    j += 1;
  }
  return mates;
}

/** The fewest lines to pass over in both until a line is the same. */
function nextEqual(a: string[], b: string[], i: number, j: number): [number, number] | null {
  for (let passed = 0; passed <= 2 * WINDOW; passed += 1) {
    for (let inA = 0; inA <= passed; inA += 1) {
      const [x, y] = [i + inA, j + passed - inA];
      if (x < a.length && y < b.length && a[x] === b[y]) return [inA, passed - inA];
    }
  }
  return null;
}

/** A line but for the blanks between its words. */
function spacedOnce(line: string): string {
  return line.replace(/(\S)\s+/g, '$1 ').trimEnd();
}

/**
 * A change made to a text that was laid out anew, in the layout of its author. `plain` is the text laid out anew and
 * `changed` the same after the change; lines on which the two agree are taken as `written` has them.
 */
export function inLayoutOf(written: string, plain: string, changed: string): string {
  if (written === plain) return changed;
  const [lines, before, after] = [written, plain, changed].map((text) => text.split('\n')) as [string[], string[], string[]];
  const inAfter = matesIn(before, after);
  const inWritten = matesIn(before.map(spacedOnce), lines.map(spacedOnce));
  const result: string[] = [];
  let [place, from, to] = [0, 0, 0];
  const take = (end: number, afterEnd: number, writtenEnd: number) => {
    const same = before.slice(from, end).join('\n') === after.slice(to, afterEnd).join('\n') && end - from === afterEnd - to;
    result.push(...(same ? lines.slice(place, writtenEnd) : after.slice(to, afterEnd)));
  };
  before.forEach((line, index) => {
    const [now, own] = [inAfter[index] ?? -1, inWritten[index] ?? -1];
    if (now < 0 || own < 0) return;
    take(index, now, own);
    result.push(lines[own] ?? line);
    [place, from, to] = [own + 1, index + 1, now + 1];
  });
  take(before.length, after.length, lines.length);
  return result.join('\n');
}
