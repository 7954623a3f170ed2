import { describe, expect, it } from 'vitest';
import { make } from '@/lib/testing/data';
import { withAlpha } from './base';
import { chartTime, onlyLastChanged, toCandle } from './candle-data';

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
