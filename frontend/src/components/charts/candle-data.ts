import type {
  CandlestickData,
  HistogramData,
  LogicalRange,
  SeriesMarker,
  Time,
  UTCTimestamp,
  WhitespaceData,
} from 'lightweight-charts';
import type { Bar, Interval, Side } from '@/lib/api/types';
import type { ChartColors } from './colors';

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

/** Shares bought or sold, with a few words such as the number of shares. */
export interface Mark {
  /** When, as the server writes times. */
  at: string;
  side: Side;
  text: string;
}

/** From one time to another, both as the server writes times. */
export interface Span {
  from: string;
  to: string;
}

/** The place of the last bar that begins at or before a time; −1 if none does. */
export function placeOf(bars: Pick<Bar, 'timestamp'>[], at: string): number {
  const time = Date.parse(at);
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Date.parse(bars[middle]?.timestamp ?? '') <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Arrows under a bar for what was bought and over it for what was sold, in the order of time. */
export function toMarks(marks: Mark[], bars: Bar[], interval: Interval, colors: ChartColors): SeriesMarker<Time>[] {
  return marks
    .map((mark) => ({ mark, bar: bars[placeOf(bars, mark.at)] }))
    .filter(({ bar }) => bar !== undefined)
    .sort((a, b) => Date.parse(a.mark.at) - Date.parse(b.mark.at))
    .map(({ mark, bar }) => ({
      time: chartTime(bar?.timestamp ?? mark.at, interval),
      position: mark.side === 'buy' ? 'belowBar' : 'aboveBar',
      shape: mark.side === 'buy' ? 'arrowUp' : 'arrowDown',
      color: mark.side === 'buy' ? colors.up : colors.down,
      text: mark.text,
    }));
}

/** The least number of bars to see around what is looked at. */
const BARS_AROUND = 20;

/** The bars from one time to another with some before and after; null if there are none. */
export function rangeAround(bars: Pick<Bar, 'timestamp'>[], { from, to }: Span): LogicalRange | null {
  const [first, last] = [placeOf(bars, from), placeOf(bars, to)];
  if (last < 0) return null;
  const around = Math.max(BARS_AROUND, Math.round((last - first) / 4));
  return { from: Math.max(0, first - around), to: last + around } as LogicalRange;
}
