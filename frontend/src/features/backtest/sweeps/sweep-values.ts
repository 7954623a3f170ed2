import { requestOf, type BacktestFormValues, type Source } from '@/features/backtest/form/values';
import { FIGURES, parseFigure, specOf, type FigureKey } from '@/features/backtest/figures/figures';
import type { SearchKind, SweepRequest, WalkForwardRequest } from '@/lib/api/types';
import type { Parameter } from '@/lib/parameters/schema';
import { axesOf, countCombinations, linesOf, MOST_TRIALS, readRule, valuesOfAxis, type AxesValues } from './axes';

export const SEARCHES: SearchKind[] = ['grid', 'random', 'tpe'];

/** What a sweep asks for beyond the run that it varies. */
export interface SweepValues {
  name: string;
  axes: AxesValues;
  constraints: string;
  search: SearchKind;
  trials: number;
  seed: number;
  figure: string;
  direction: 'maximize' | 'minimize';
  walksForward: boolean;
  walk: Record<keyof WalkForwardRequest, number>;
}

export const SWEEP_DEFAULTS: Omit<SweepValues, 'axes'> = {
  name: '',
  constraints: '',
  search: 'grid',
  trials: 100,
  seed: 1,
  figure: 'risk.sharpe_ratio',
  direction: 'maximize',
  walksForward: false,
  walk: { train_sessions: 250, test_sessions: 60, step_sessions: 60, purge_sessions: 0 },
};

/** The end of a figure that is usually wanted. */
export function usualDirection(figure: string): 'maximize' | 'minimize' {
  const key = parseFigure(figure);
  return key && specOf(key)?.[1] === 'low' ? 'minimize' : 'maximize';
}

/** What can be looked for: every figure but those that only count what was given. */
export function objectives(hasBenchmark: boolean): FigureKey[] {
  return (Object.keys(FIGURES) as FigureKey['group'][])
    .filter((group) => group !== 'benchmark' || hasBenchmark)
    .flatMap((group) => Object.keys(FIGURES[group]).map((name) => ({ group, name })))
    .filter(({ name }) => !['trials', 'expected_best_sharpe_ratio', 'sessions', 'open'].includes(name));
}

/** A constraint that could hold between these parameters: two of a kind if there are two. */
export function exampleRule(parameters: Parameter[]): string {
  const numbers = parameters.filter(({ kind }) => kind === 'integer' || kind === 'number');
  for (const [place, left] of numbers.entries()) {
    const right = numbers.slice(place + 1).find(({ kind, unit }) => kind === left.kind && unit === left.unit);
    if (right) return `${left.name} < ${right.name}`;
  }
  return `${numbers[0]?.name ?? 'lookback'} < 60`;
}

/** The number of runs a sweep needs, and whether that many are taken. */
export interface TrialCount {
  /** Combinations that the constraints leave. */
  combinations: number;
  exact: boolean;
  /** Runs in all, those of walk-forward folds included. */
  trials: number;
  allowed: boolean;
}

export function countTrials(
  values: SweepValues,
  parameters: Parameter[],
  fixed: BacktestFormValues['parameters'],
  folds: number,
): TrialCount {
  const axes = parameters.map(({ name }, place): [string, (number | string | boolean)[]] => {
    const [axis, parameter] = [values.axes[name], parameters[place]];
    return [name, (axis && parameter && valuesOfAxis(axis, parameter)) ?? []];
  });
  const { count, exact } = countCombinations(axes, fixed, linesOf(values.constraints));
  const each = values.search === 'grid' ? count : Math.min(count, values.trials || 0);
  const trials = each * (1 + (values.walksForward ? folds : 0));
  const varies = axes.some(([, found]) => found.length > 0);
  return { combinations: varies ? count : 0, exact, trials: varies ? trials : 0, allowed: varies && trials >= 1 && trials <= MOST_TRIALS };
}

/** Fields that cannot be sent as they are, by the name the server has for them. */
export function unreadable(values: SweepValues, parameters: Parameter[]): string[] {
  const axes = parameters.filter((parameter) => {
    const axis = values.axes[parameter.name];
    return axis !== undefined && valuesOfAxis(axis, parameter) === null;
  });
  const names = parameters.map(({ name }) => name);
  const badRule = linesOf(values.constraints).some((line) => readRule(line, names) === null);
  return [...axes.map(({ name }) => `axes.${name}`), ...(badRule ? ['constraints'] : [])];
}

export function sweepRequest(
  source: Source,
  base: BacktestFormValues,
  values: SweepValues,
  parameters: Parameter[],
): SweepRequest {
  const { search, trials, seed } = values;
  return {
    ...(values.name.trim() && { name: values.name.trim() }),
    base: requestOf(source, base),
    axes: axesOf(values.axes, parameters),
    search: search === 'grid' ? { kind: 'grid' } : { kind: search, trials, seed },
    constraints: linesOf(values.constraints),
    objective: { figure: values.figure, direction: values.direction },
    ...(values.walksForward && { walk_forward: values.walk }),
  };
}
