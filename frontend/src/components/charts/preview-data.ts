import type { SeriesMarker, Time, UTCTimestamp } from 'lightweight-charts';
import type { Interval, Preview, PreviewMarker, PreviewSeries } from '@/lib/api/types';
import type { ChartColors } from './colors';

const SEOUL_OFFSET_S = 9 * 60 * 60;

/** A bar's time as the chart wants it: days as dates, minutes on Seoul's clock. */
export function barTime(unixSeconds: number, interval: Interval): Time {
  const seoul = unixSeconds + SEOUL_OFFSET_S;
  if (interval !== '1d') return seoul as UTCTimestamp;
  return new Date(seoul * 1000).toISOString().slice(0, 10);
}

/** Told apart on light and dark alike, and unlike the colours of rise and fall. */
const LINE_COLORS = ['#e08a1e', '#8b5cf6', '#0d9f8f', '#d6409f', '#64748b', '#7a9a01', '#b45309', '#06b6d4'];

/** A line of an indicator with its colour and the pane it is drawn in; the bars are in pane 0. */
export interface PlacedSeries extends PreviewSeries {
  color: string;
  place: number;
}

/** Every indicator with a scale of its own gets a pane; its outputs share it. */
export function placed(series: PreviewSeries[]): PlacedSeries[] {
  const panes: string[] = [];
  return series.map((line, index) => {
    const color = LINE_COLORS[index % LINE_COLORS.length] ?? '';
    if (line.pane === 'price') return { ...line, color, place: 0 };
    if (!panes.includes(line.alias)) panes.push(line.alias);
    return { ...line, color, place: panes.indexOf(line.alias) + 1 };
  });
}

/** What has to be the same for lines to be filled anew instead of being made anew. */
export function shapeOf(series: PlacedSeries[]): string {
  return series.map(({ key, place }) => `${place} ${key}`).join('\n');
}

/** Whether two answers show the same bars, so that the part in view can stay. */
export function sameBars(before: Preview | null, next: Preview): boolean {
  if (!before || before.interval !== next.interval || before.candles.length !== next.candles.length) return false;
  return [0, -1].every((end) => before.candles.at(end)?.join() === next.candles.at(end)?.join());
}

/** Arrows under a bar for what was bought and over it for what was sold. */
export function arrows(markers: PreviewMarker[], interval: Interval, colors: ChartColors): SeriesMarker<Time>[] {
  return markers.map(({ time, side }) => ({
    time: barTime(time, interval),
    position: side === 'buy' ? 'belowBar' : 'aboveBar',
    shape: side === 'buy' ? 'arrowUp' : 'arrowDown',
    color: side === 'buy' ? colors.up : colors.down,
    size: 1.4,
  }));
}
