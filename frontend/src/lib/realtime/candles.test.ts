import { describe, expect, it } from 'vitest';
import { make } from '@/lib/testing/data';
import { bucketOf, mergeQuote } from './candles';

describe('mergeQuote', () => {
  it('begins the next minute at the quote', () => {
    const quote = make.quote({ timestamp: '2026-11-20T10:01:20+09:00', price: 50_200 });
    const { bars } = mergeQuote(make.candles(), quote, 7);
    expect(bars).toHaveLength(3);
    expect(bars.at(-1)).toEqual({
      timestamp: '2026-11-20T01:01:00.000Z',
      open: 50_200,
      high: 50_200,
      low: 50_200,
      close: 50_200,
      volume: 7,
    });
  });

  it('drops a quote that is older than the newest bar', () => {
    const candles = make.candles();
    expect(mergeQuote(candles, make.quote({ timestamp: '2026-11-20T09:59:59+09:00' }), 1)).toBe(candles);
  });

  it('does not mix today’s price into adjusted history', () => {
    const candles = make.candles({ price_basis: 'adjusted_imported' });
    expect(mergeQuote(candles, make.quote({ price: 1 }), 1)).toBe(candles);
  });

  it('stamps a new hour at its beginning', () => {
    const candles = make.candles({ interval: '1h' });
    const { bars } = mergeQuote(candles, make.quote({ timestamp: '2026-11-20T11:20:00+09:00' }), 1);
    expect(bars.at(-1)?.timestamp).toBe('2026-11-20T02:00:00.000Z');
  });

  it('keeps earlier bars as they are, so that the chart need not redraw them', () => {
    const candles = make.candles();
    const merged = mergeQuote(candles, make.quote({ price: 50_100 }), 1);
    expect(merged.bars[0]).toBe(candles.bars[0]);
    expect(merged.bars[1]).not.toBe(candles.bars[1]);
  });
});

describe('bucketOf', () => {
  it('counts five minutes and hours from the hour', () => {
    const at = (time: string, interval: '5m' | '1h') => bucketOf(`2026-11-20T${time}+09:00`, interval);
    expect(at('09:04:59', '5m')).toBe(at('09:00:00', '5m'));
    expect(at('09:05:00', '5m')).toBe(at('09:00:00', '5m') + 1);
    expect(at('09:59:59', '1h')).toBe(at('09:00:00', '1h'));
    expect(at('10:00:00', '1h')).toBe(at('09:00:00', '1h') + 1);
  });
  it('changes the day at midnight in Seoul', () => {
    const before = bucketOf('2026-11-20T23:59:59+09:00', '1d');
    expect(bucketOf('2026-11-20T00:00:00+09:00', '1d')).toBe(before);
    expect(bucketOf('2026-11-21T00:00:00+09:00', '1d')).toBe(before + 1);
  });
});
