import type { Bar, Candles, Interval, Quote } from '@/lib/api/types';

/** The minute or the Seoul calendar day that a time belongs to. */
export function bucketOf(timestamp: string, interval: Interval): number {
  const minutes = Math.floor(new Date(timestamp).getTime() / 60_000);
  if (interval === '1m') return minutes;
  // Seoul has no summer time: always nine hours ahead.
  return Math.floor((minutes + 9 * 60) / (24 * 60));
}

/**
 * Draws a quote into the newest candle, or begins the next one. `traded` is how many shares
 * changed hands since the quote before.
 */
export function mergeQuote(candles: Candles, quote: Quote, traded: number): Candles {
  const interval = candles.interval as Interval;
  const last = candles.bars.at(-1);
  if (!last) return candles;
  const quoteBucket = bucketOf(quote.timestamp, interval);
  const lastBucket = bucketOf(last.timestamp, interval);
  if (quoteBucket < lastBucket) return candles;
  // Adjusted history is on another scale than today's price.
  if (candles.adjusted) return candles;

  if (quoteBucket > lastBucket) {
    const { price } = quote;
    const next: Bar = {
      timestamp: interval === '1m' ? new Date(quoteBucket * 60_000).toISOString() : quote.timestamp,
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
