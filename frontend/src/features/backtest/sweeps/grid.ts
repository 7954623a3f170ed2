import type { Stability, Trial } from '@/lib/api/types';
import type { ParameterValue } from '@/lib/parameters/schema';

type TrialValues = Record<string, ParameterValue>;

/** One square of the map. */
export interface Cell {
  trial: Trial;
  /** What decides the colour; nothing where it is not defined. */
  value: number | null;
  /** Trials that share these two values: with more than two parameters the best of them is shown. */
  among: number;
}

export interface Grid {
  rows: ParameterValue[];
  columns: ParameterValue[];
  /** By row, then column; nothing where there was no trial. */
  cells: (Cell | null)[][];
}

function inOrder(values: ParameterValue[]): ParameterValue[] {
  const each = [...new Set(values)];
  return each.every((value) => typeof value === 'number')
    ? each.sort((a, b) => Number(a) - Number(b))
    : each.sort((a, b) => String(a).localeCompare(String(b)));
}

/** The parameters that took more than one value, those with the most first. */
export function variedNames(trials: Trial[]): string[] {
  const names = [...new Set(trials.flatMap(({ parameters }) => Object.keys(parameters)))];
  const counts = names.map((name) => [name, new Set(trials.map(({ parameters }) => parameters[name])).size] as const);
  return counts.filter(([, count]) => count > 1).sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

/** The trials laid out by two parameters. `valueOf` decides which of several trials of one square is shown: the best. */
export function gridOf(
  trials: Trial[],
  [across, down]: [string, string],
  valueOf: (trial: Trial) => number | null,
  maximize: boolean,
): Grid {
  const valuesOf = (name: string) => trials.flatMap(({ parameters }) => (parameters as TrialValues)[name] ?? []);
  const [columns, rows] = [inOrder(valuesOf(across)), inOrder(valuesOf(down))];
  const cells: (Cell | null)[][] = rows.map(() => columns.map(() => null));
  const better = (value: number | null, than: number | null) => {
    if (value === null || than === null) return value !== null;
    return maximize ? value > than : value < than;
  };
  for (const trial of trials) {
    const { [across]: x = '', [down]: y = '' } = trial.parameters as TrialValues;
    const row = cells[rows.indexOf(y)];
    const column = columns.indexOf(x);
    if (!row || column < 0) continue;
    const known = row[column];
    const value = valueOf(trial);
    const among = (known?.among ?? 0) + 1;
    row[column] = known && !better(value, known.value) ? { ...known, among } : { trial, value, among };
  }
  return { rows, columns, cells };
}

/** The lowest and the highest value of a map; null if it has none. */
export function rangeOf(grid: Grid): { least: number; most: number } | null {
  const values = grid.cells.flat().flatMap((cell) => cell?.value ?? []);
  return values.length > 0 ? { least: Math.min(...values), most: Math.max(...values) } : null;
}

/** Where a value lies between the lowest and the highest, from 0 to 1; in the middle where all are equal. */
export function placeIn(value: number, { least, most }: { least: number; most: number }): number {
  return most === least ? 0.5 : (value - least) / (most - least);
}

/** What the neighbours of each trial reached, by its number. */
export function stabilityByNumber(stability: Stability[]): Map<number, Stability> {
  return new Map(stability.map((entry) => [entry.number, entry]));
}
