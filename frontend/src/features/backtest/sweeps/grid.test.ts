import { describe, expect, it } from 'vitest';
import type { ParameterMap, Trial } from '@/lib/api/types';
import { gridOf, placeIn, rangeOf, variedNames } from './grid';

const trial = (number: number, parameters: ParameterMap, objective: number | null): Trial => ({
  fold: 0,
  number,
  parameters,
  objective,
  metrics: null,
  error: null,
});

const TRIALS = [
  trial(1, { fast: 10, slow: 40, entry: 1 }, 0.5),
  trial(2, { fast: 5, slow: 40, entry: 1 }, null),
  trial(3, { fast: 10, slow: 20, entry: 1 }, -0.2),
  trial(4, { fast: 10, slow: 40, entry: 2 }, 0.9),
];
const objective = ({ objective: value }: Trial) => value;

describe('gridOf', () => {
  it('lays trials out in the order of their values and leaves gaps', () => {
    const grid = gridOf(TRIALS, ['slow', 'fast'], objective, true);
    expect([grid.columns, grid.rows]).toEqual([[20, 40], [5, 10]]);
    expect(grid.cells.map((row) => row.map((cell) => cell?.trial.number ?? null))).toEqual([[null, 2], [3, 4]]);
  });
  it('shows the best of several trials of one square and how many there are', () => {
    expect(gridOf(TRIALS, ['slow', 'fast'], objective, true).cells[1]?.[1]).toMatchObject({ value: 0.9, among: 2 });
    expect(gridOf(TRIALS, ['slow', 'fast'], objective, false).cells[1]?.[1]).toMatchObject({ value: 0.5, among: 2 });
  });
});

describe('colours', () => {
  it('span what there is', () => {
    const range = rangeOf(gridOf(TRIALS, ['slow', 'fast'], objective, true));
    expect(range).toEqual({ least: -0.2, most: 0.9 });
    expect(range && [placeIn(-0.2, range), placeIn(0.9, range)]).toEqual([0, 1]);
    expect(placeIn(3, { least: 3, most: 3 })).toBe(0.5);
    expect(rangeOf(gridOf([trial(1, { a: 1, b: 1 }, null)], ['a', 'b'], objective, true))).toBeNull();
  });
});

describe('variedNames', () => {
  it('names what varied', () => {
    expect(variedNames(TRIALS)).toEqual(['fast', 'slow', 'entry']);
    expect(variedNames(TRIALS.slice(0, 1))).toEqual([]);
  });
});
