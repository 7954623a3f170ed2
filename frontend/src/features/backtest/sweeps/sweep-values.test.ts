import { describe, expect, it } from 'vitest';
import { DEFAULTS, type BacktestFormValues } from '@/features/backtest/form/values';
import { numberParameter } from '@/lib/testing/parameters';
import { suggested } from './axes';
import { countTrials, exampleRule, objectives, SWEEP_DEFAULTS, sweepRequest, unreadable, usualDirection, type SweepValues } from './sweep-values';

const PARAMETERS = [numberParameter('fast'), numberParameter('slow')];
const range = (from: number, to: number, step: number) => ({ ...suggested(numberParameter('x'), 20), kind: 'range' as const, from, to, step });
const values = (part: Partial<SweepValues> = {}): SweepValues => ({
  ...SWEEP_DEFAULTS,
  axes: { fast: range(5, 20, 5), slow: range(10, 40, 10) },
  ...part,
});
const FIXED = { fast: 5, slow: 20 };

describe('countTrials', () => {
  it('multiplies what varies, less what constraints forbid', () => {
    expect(countTrials(values(), PARAMETERS, FIXED, 0)).toEqual({ combinations: 16, exact: true, trials: 16, allowed: true });
    expect(countTrials(values({ constraints: 'fast < slow' }), PARAMETERS, FIXED, 0).combinations).toBe(12);
  });
  it('counts folds, and takes no more trials by chance than there are combinations', () => {
    expect(countTrials(values({ walksForward: true }), PARAMETERS, FIXED, 4).trials).toBe(80);
    expect(countTrials(values({ search: 'random', trials: 10 }), PARAMETERS, FIXED, 0).trials).toBe(10);
    expect(countTrials(values({ search: 'tpe', trials: 99 }), PARAMETERS, FIXED, 0).trials).toBe(16);
  });
  it('refuses none and too many', () => {
    expect(countTrials(values({ axes: {} }), PARAMETERS, FIXED, 0)).toMatchObject({ trials: 0, allowed: false });
    expect(countTrials(values({ constraints: 'fast > 100' }), PARAMETERS, FIXED, 0).allowed).toBe(false);
    const many = values({ axes: { fast: range(1, 500, 1), slow: range(1, 500, 1) } });
    expect(countTrials(many, PARAMETERS, FIXED, 0)).toMatchObject({ trials: 250_000, allowed: false });
  });
});

describe('exampleRule', () => {
  it('compares two of a kind', () => {
    expect(exampleRule(PARAMETERS)).toBe('fast < slow');
    expect(exampleRule(PARAMETERS.slice(0, 1))).toBe('fast < 60');
  });
});

describe('unreadable', () => {
  it('names what cannot be sent', () => {
    expect(unreadable(values(), PARAMETERS)).toEqual([]);
    expect(unreadable(values({ axes: { fast: range(5, 1, 1), slow: range(1, 2, 1) }, constraints: 'quick < slow' }), PARAMETERS)).toEqual(['axes.fast', 'constraints']);
  });
});

describe('sweepRequest', () => {
  const base: BacktestFormValues = { ...DEFAULTS, symbols: ['005930'], start_date: '2024-01-02', end_date: '2024-12-30', parameters: FIXED };
  it('is what the server takes', () => {
    expect(sweepRequest({ kind: 'type', type: 'crossing' }, base, values({ constraints: 'fast < slow\n', search: 'random' }), PARAMETERS)).toEqual({
      base: { strategy_type: 'crossing', parameters: FIXED, symbols: ['005930'], start_date: '2024-01-02', end_date: '2024-12-30', initial_capital: 100_000_000 },
      axes: { fast: { from: 5, to: 20, step: 5 }, slow: { from: 10, to: 40, step: 10 } },
      search: { kind: 'random', trials: 100, seed: 1 },
      constraints: ['fast < slow'],
      objective: { figure: 'risk.sharpe_ratio', direction: 'maximize' },
    });
  });
});

describe('objectives', () => {
  it('need a benchmark for what is measured against it', () => {
    expect(objectives(false).some(({ group }) => group === 'benchmark')).toBe(false);
    expect(objectives(true)).toContainEqual({ group: 'benchmark', name: 'alpha' });
  });
  it('want less of what is bad', () => {
    expect(['risk.volatility', 'risk.sharpe_ratio', 'drawdown.max_drawdown', 'unheard.of'].map(usualDirection)).toEqual(['minimize', 'maximize', 'maximize', 'maximize']);
  });
});
