import type { Bar, Candles, Interval, Quote } from '@/lib/api/types';

const MINUTES: Record<Interval, number> = { '1m': 1, '5m': 5, '1h': 60, '1d': 24 * 60 };
/** Seoul has no summer time: always nine hours ahead. */
const SEOUL_MINUTES = 9 * 60;

/** Which bar a time belongs to, counted on Seoul's clock; sessions open on the hour. */
export function bucketOf(timestamp: string, interval: Interval): number {
  const minutes = Math.floor(new Date(timestamp).getTime() / 60_000);
  return Math.floor((minutes + SEOUL_MINUTES) / MINUTES[interval]);
}

function bucketStart(bucket: number, interval: Interval): string {
  return new Date((bucket * MINUTES[interval] - SEOUL_MINUTES) * 60_000).toISOString();
}

/**
 * Draws a quote into the newest candle, or begins the next one. `traded` is how many shares
 * changed hands since the quote before.
 */
export function mergeQuote(candles: Candles, quote: Quote, traded: number): Candles {
  const { interval } = candles;
  const last = candles.bars.at(-1);
  if (!last) return candles;
  const quoteBucket = bucketOf(quote.timestamp, interval);
  const lastBucket = bucketOf(last.timestamp, interval);
  if (quoteBucket < lastBucket) return candles;
  // What somebody else adjusted may be on another scale than today's price.
  if (candles.price_basis === 'adjusted_imported') return candles;

  if (quoteBucket > lastBucket) {
    const { price } = quote;
    const next: Bar = {
      timestamp: bucketStart(quoteBucket, interval),
      open: price,
      high: price,
      low: price,
      close: price,
      volume: traded,
    };
    return { ...candles, bars: [...candles.bars, next] };
  }
  const merged: Bar = {
    ...last,
    high: Math.max(last.high, quote.price),
    low: Math.min(last.low, quote.price),
    close: quote.price,
    volume: last.volume + traded,
  };
  return { ...candles, bars: [...candles.bars.slice(0, -1), merged] };
}
