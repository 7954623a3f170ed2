import type {
  CandlestickData,
  HistogramData,
  Time,
  UTCTimestamp,
  WhitespaceData,
} from 'lightweight-charts';
import type { Bar, Interval } from '@/lib/api/types';

const SEOUL_OFFSET_S = 9 * 60 * 60;

/**
 * The chart library draws every time as UTC. Bars within a day are therefore moved to Seoul's clock; a day
 * is given as its calendar date.
 */
export function chartTime(timestamp: string, interval: Interval): Time {
  const seoul = Math.floor(new Date(timestamp).getTime() / 1000) + SEOUL_OFFSET_S;
  if (interval !== '1d') return seoul as UTCTimestamp;
  return new Date(seoul * 1000).toISOString().slice(0, 10);
}

/** A day on which the issue was halted has no prices: it takes its place and is left empty. */
export function toCandle(bar: Bar, interval: Interval): CandlestickData | WhitespaceData {
  const time = chartTime(bar.timestamp, interval);
  const { open, high, low, close } = bar;
  return open === 0 ? { time } : { time, open, high, low, close };
}

export function toVolume(bar: Bar, interval: Interval, up: string, down: string): HistogramData {
  return {
    time: chartTime(bar.timestamp, interval),
    value: bar.volume,
    color: bar.close >= bar.open ? up : down,
  };
}

/** Whether `next` differs from `before` in its last bar only, so that the chart need not reload. */
export function onlyLastChanged(before: Bar[], next: Bar[]): boolean {
  const grown = next.length - before.length;
  if (before.length < 2 || (grown !== 0 && grown !== 1)) return false;
  // Bars are never changed in place: the same object means the same bar.
  return before[0] === next[0] && before.at(-2) === next[before.length - 2];
}
