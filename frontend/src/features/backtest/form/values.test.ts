import { describe, expect, it } from 'vitest';
import type { BacktestDetail } from '@/lib/api/types';
import { sourceOf } from './source';
import { DEFAULTS, requestOf, valuesOfPrefill, valuesOfRun, type BacktestFormValues } from './values';

const VALUES: BacktestFormValues = {
  ...DEFAULTS,
  symbols: ['005930'],
  start_date: '2020-01-02',
  end_date: '2020-12-30',
  parameters: { lookback: 20 },
};
const TYPE = { kind: 'type', type: 'momentum' } as const;

describe('requestOf', () => {
  it('leaves out what the server knows best', () => {
    expect(requestOf(TYPE, VALUES)).toEqual({
      strategy_type: 'momentum',
      parameters: { lookback: 20 },
      symbols: ['005930'],
      start_date: '2020-01-02',
      end_date: '2020-12-30',
      initial_capital: 100_000_000,
    });
  });
  it('of a stored strategy names it and its issues', () => {
    const request = requestOf({ kind: 'strategy', id: 7 }, VALUES);
    expect(request).toMatchObject({ strategy_id: 7, symbols: ['005930'] });
    expect(request).not.toHaveProperty('parameters');
  });
  it('of several strategies leaves each its own issues', () => {
    const request = requestOf({ kind: 'several' }, { ...VALUES, strategy_ids: [1, 2] });
    expect(request.strategy_ids).toEqual([1, 2]);
    expect(request).not.toHaveProperty('symbols');
  });
  it('asks for the top of a market', () => {
    const request = requestOf(TYPE, { ...VALUES, scope: 'top', universe: { ...VALUES.universe, sound: false, count: 10 } });
    expect(request).not.toHaveProperty('symbols');
    expect(request.universe).toEqual({
      kind: 'top',
      by: 'value',
      count: 10,
      lookback_days: 20,
      rebalance: 'monthly',
      markets: ['kospi', 'kosdaq'],
      min_listed_days: 365,
      exclude_states: [],
      sell_on_exit: true,
    });
  });
  it('leaves out of a universe only what is known by date', () => {
    const { universe } = requestOf(TYPE, { ...VALUES, scope: 'market' });
    expect(universe).toMatchObject({ kind: 'market', exclude_states: ['halted'] });
  });
  it('says how orders are filled and what they cost where that is not the usual', () => {
    const fill = { ...DEFAULTS.fill, timing: 'closing_auction' as const };
    const commission = { ...DEFAULTS.commission, plan: 'own' as const, rate_ppb: '0.015', minimum: 0 };
    expect(requestOf(TYPE, { ...VALUES, fill, commission, benchmark: 'KOSPI' })).toMatchObject({
      fill: { timing: 'closing_auction', volume_share_percent: 10, slippage: { kind: 'none', value: 0 } },
      commission: { rate_ppb: 150_000, minimum: 0, unit: '1', mode: 'floor' },
      benchmark: 'KOSPI',
    });
  });
});

describe('valuesOfRun', () => {
  const run = {
    symbols: ['005930', '000660'],
    start_date: '2020-01-02',
    end_date: '2020-12-30',
    initial_capital: 5_000_000,
    parameters: { lookback: 60 },
    benchmark: 'KOSDAQ',
    strategies: [{ strategy_id: null }],
    universe: { kind: 'market', markets: ['kosdaq'], min_listed_days: 0, exclude_states: [], sell_on_exit: false },
  } as unknown as BacktestDetail;
  it('brings back what was asked for', () => {
    const values = { ...VALUES, ...valuesOfRun(run) };
    expect(requestOf(TYPE, values)).toMatchObject({
      universe: { kind: 'market', markets: ['kosdaq'], min_listed_days: 0, exclude_states: [], sell_on_exit: false },
      initial_capital: 5_000_000,
      benchmark: 'KOSDAQ',
      parameters: { lookback: 60 },
    });
  });
});

describe('valuesOfPrefill', () => {
  it('takes what is there and no more', () => {
    expect(valuesOfPrefill({ symbols: ['005930'], capital: 1_000_000 })).toEqual({ symbols: ['005930'], initial_capital: 1_000_000 });
    expect(valuesOfPrefill({})).toEqual({});
  });
});

describe('sourceOf', () => {
  const types = [{ strategy_type: 'momentum' }, { strategy_type: 'crossing' }];
  const strategies = [{ id: 3 }, { id: 4 }];
  const at = (query: Record<string, string>) => (key: string) => query[key];
  it('follows the address', () => {
    expect(sourceOf(at({ strategy: '3' }), types, strategies, null)).toEqual({ kind: 'strategy', id: 3 });
    expect(sourceOf(at({ type: 'crossing' }), types, strategies, null)).toEqual({ kind: 'type', type: 'crossing' });
    expect(sourceOf(at({ several: '1' }), types, strategies, null)).toEqual({ kind: 'several' });
  });
  it('falls back on the earlier run, then on the first kind', () => {
    const run = { strategy_type: 'crossing', strategies: [] };
    expect(sourceOf(at({}), types, strategies, run)).toEqual({ kind: 'type', type: 'crossing' });
    expect(sourceOf(at({ strategy: '99', type: 'gone' }), types, strategies, null)).toEqual({ kind: 'type', type: 'momentum' });
    expect(sourceOf(at({ several: '1' }), types, [{ id: 3 }], null)).toEqual({ kind: 'type', type: 'momentum' });
    expect(sourceOf(at({}), [], [], null)).toBeNull();
  });
});
