import { describe, expect, it } from 'vitest';
import { make } from '@/lib/testing/data';
import { withAlpha } from './base';
import { chartTime, onlyLastChanged, placeOf, rangeAround, toCandle, toMarks } from './candle-data';
import { drawdownsOf, rebased, valueAt } from './line-data';

describe('chartTime', () => {
  it('shows minutes on Seoul’s clock', () => {
    const time = chartTime('2026-11-20T09:00:00+09:00', '1m');
    expect(new Date(Number(time) * 1000).toISOString()).toBe('2026-11-20T09:00:00.000Z');
  });
  it('names the Seoul day, also of a bar stamped at midnight', () => {
    expect(chartTime('2026-11-20T00:00:00+09:00', '1d')).toBe('2026-11-20');
  });
});

describe('toCandle', () => {
  it('draws nothing where the issue was halted', () => {
    const halted = { timestamp: '2026-11-20T00:00:00+09:00', open: 0, high: 0, low: 0, close: 50_000, volume: 0 };
    expect(toCandle(halted, '1d')).toEqual({ time: '2026-11-20' });
    expect(toCandle({ ...halted, open: 1, high: 3, low: 1 }, '1d')).toMatchObject({ open: 1, high: 3 });
  });
});

describe('onlyLastChanged', () => {
  const { bars } = make.candles();
  const [first, last] = bars as [(typeof bars)[0], (typeof bars)[0]];
  it('is true for a changed or added last bar', () => {
    expect(onlyLastChanged(bars, [first, { ...last, close: 1 }])).toBe(true);
    expect(onlyLastChanged(bars, [first, last, { ...last }])).toBe(true);
  });
  it('is false for other history', () => {
    expect(onlyLastChanged(bars, [{ ...first }, last])).toBe(false);
    expect(onlyLastChanged(bars, [first])).toBe(false);
    expect(onlyLastChanged([], bars)).toBe(false);
  });
});

describe('withAlpha', () => {
  it('makes a hex colour see-through and leaves others alone', () => {
    expect(withAlpha('#ff0080', 0.5)).toBe('rgba(255, 0, 128, 0.5)');
    expect(withAlpha('red', 0.5)).toBe('red');
  });
});

describe('marks', () => {
  const bars = ['2026-11-18', '2026-11-19', '2026-11-20'].map((day) => ({
    timestamp: `${day}T00:00:00+09:00`,
    open: 1,
    high: 1,
    low: 1,
    close: 1,
    volume: 1,
  }));
  const colors = { grid: '', text: '', accent: '', up: 'red', down: 'blue' };
  it('stand at the bar during which something was traded, in the order of time', () => {
    const marks = [
      { at: '2026-11-20T15:30:00+09:00', side: 'sell' as const, text: '5' },
      { at: '2026-11-18T09:00:00+09:00', side: 'buy' as const, text: '5' },
      { at: '2026-11-17T09:00:00+09:00', side: 'buy' as const, text: '1' },
    ];
    expect(toMarks(marks, bars, '1d', colors).map(({ time, shape, color }) => [time, shape, color])).toEqual([
      ['2026-11-18', 'arrowUp', 'red'],
      ['2026-11-20', 'arrowDown', 'blue'],
    ]);
  });
  it('are brought into view with some bars around', () => {
    expect(placeOf(bars, '2026-11-19T12:00:00+09:00')).toBe(1);
    expect(rangeAround(bars, { from: '2026-11-19T00:00:00+09:00', to: '2026-11-19T00:00:00+09:00' })).toEqual({ from: 0, to: 21 });
    expect(rangeAround(bars, { from: '2026-11-01T00:00:00+09:00', to: '2026-11-02T00:00:00+09:00' })).toBeNull();
  });
});

describe('curves', () => {
  const points = [100, 120, 90, 130].map((value, day) => ({ date: `2026-11-0${day + 1}`, value }));
  it('are read on any day', () => {
    expect(['2026-10-01', '2026-11-02', '2026-11-30'].map((day) => valueAt(points, day))).toEqual([null, 120, 130]);
  });
  it('begin where they are told to', () => {
    expect(rebased(points, 1).map(({ value }) => value)).toEqual([1, 1.2, 0.9, 1.3]);
    expect(rebased([{ date: '2026-11-01', value: 0 }], 1)).toEqual([]);
  });
  it('fall below their highest value so far', () => {
    expect(drawdownsOf(points).map(({ value }) => value)).toEqual([0, 0, -0.25, 0]);
  });
});
