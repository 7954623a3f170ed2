import { describe, expect, it } from 'vitest';
import type { BacktestDetail, RoundTrip } from '@/lib/api/types';
import { chartSpan } from './chart-span';
import { benchmarkOf } from './curves';
import { strength, yearRows } from './month-grid';
import { readFills } from './read-fills';
import { requestOf, requestOfSettings } from './request-of';
import { csvOf } from './round-trip-csv';

describe('yearRows', () => {
  it('puts months under their year, the newest first', () => {
    const rows = yearRows({
      months: [
        { year: 2023, month: 12, total_return: 0.1 },
        { year: 2024, month: 2, total_return: -0.2 },
      ],
      years: [{ year: 2023, total_return: 0.1 }, { year: 2024, total_return: -0.2 }],
    });
    expect(rows.map(({ year, total }) => [year, total])).toEqual([[2024, -0.2], [2023, 0.1]]);
    expect(rows[0]?.months).toEqual([null, -0.2, ...Array<null>(10).fill(null)]);
  });
  it('colours no stronger than a tenth', () => {
    expect([0, 0.05, -0.1, 0.9].map(strength)).toEqual([0, 28, 55, 55]);
  });
});

describe('benchmarkOf', () => {
  it('begins with the capital of the account', () => {
    const levels = [{ date: '2024-01-02', level: 2_500 }, { date: '2024-01-03', level: 2_600 }];
    expect(benchmarkOf({ benchmark_levels: levels, initial_capital: 1_000 }).map(({ value }) => value)).toEqual([1_000, 1_040]);
    expect(benchmarkOf({ benchmark_levels: [], initial_capital: 1_000 })).toEqual([]);
  });
});

describe('chartSpan', () => {
  const run = { start_date: '2024-01-02', end_date: '2024-12-30' };
  const trip = { opened_at: '2024-06-03T09:01:00+09:00', closed_at: null };
  it('is the whole run for days', () => {
    expect(chartSpan(run, '1d', trip, null)).toEqual({ from: '2024-01-02', to: '2024-12-30' });
  });
  it('is the time around a trade for minutes, and never beyond the run', () => {
    expect(chartSpan(run, '1m', trip, null)).toEqual({ from: '2024-05-29', to: '2024-06-08' });
    expect(chartSpan(run, '1m', null, '2024-12-30T09:01:00+09:00')).toEqual({ from: '2024-12-25', to: '2024-12-30' });
    expect(chartSpan(run, '1m', null, null)).toEqual({ from: '2024-01-02', to: '2024-01-07' });
  });
});

describe('csvOf', () => {
  it('writes a line for each round trip, empty where there is nothing', async () => {
    const trip: RoundTrip = {
      symbol: '005930',
      opened_at: '2024-06-03T09:00:00+09:00',
      closed_at: null,
      quantity: 10,
      quantity_sold: 0,
      entry_price: '70000.0000',
      exit_price: null,
      bought: 700_000,
      sold: 0,
      costs: 98,
      pnl: 0,
      return: null,
      mae: -5_000,
      mfe: 8_000,
      holding_sessions: 3,
    };
    const [head, line] = (await csvOf([trip]).text()).trim().split('\n');
    expect(head?.split(',')).toHaveLength(15);
    expect(line).toBe('005930,2024-06-03T09:00:00+09:00,,10,0,70000.0000,,700000,0,98,0,,-5000,8000,3');
  });
});

describe('requestOf', () => {
  it('asks for the same again', () => {
    const run = {
      name: 'A',
      strategy_type: 'momentum',
      parameters: { lookback: 5 },
      symbols: ['005930'],
      start_date: '2024-01-02',
      end_date: '2024-12-30',
      initial_capital: 1_000_000,
      strategies: [{ strategy_id: null }],
    } as unknown as BacktestDetail;
    expect({ ...requestOf(run), strategies: run.strategies }).toEqual(run);
    const several = {
      ...run,
      strategies: [1, 2].map((strategy_id) => ({ strategy_id, strategy_version: strategy_id === 1 ? 3 : null })),
    } as BacktestDetail;
    expect(requestOf(several)).toMatchObject({ strategy_ids: [1, 2], strategy_versions: [3, null] });
    expect(requestOf(several)).not.toHaveProperty('symbols');
    const stored = { ...run, strategy_id: 7, strategy_version: 2 } as BacktestDetail;
    expect(requestOf(stored)).toMatchObject({ strategy_id: 7, strategy_version: 2 });
    expect(requestOf(stored)).not.toHaveProperty('parameters');
    expect(requestOfSettings(stored)).toEqual(requestOf(run));
  });
});

describe('readFills', () => {
  it('finds columns by name and puts fills in the order of time', () => {
    const text = [
      'executed_at,strategy_number,symbol,side,quantity,price',
      '2024-06-04T09:00:00+09:00,1,005930,sell,5,70000',
      '2024-06-03T09:00:00+09:00,,000660,buy,7,150000',
      '',
    ].join('\r\n');
    expect(readFills(text)).toEqual([
      { symbol: '000660', side: 'buy', quantity: 7, executed_at: '2024-06-03T09:00:00+09:00' },
      { symbol: '005930', side: 'sell', quantity: 5, executed_at: '2024-06-04T09:00:00+09:00' },
    ]);
  });
});
