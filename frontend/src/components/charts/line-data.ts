import type { ChartColors } from './colors';

/** One day of a curve. */
export interface LinePoint {
  date: string;
  value: number;
}

/** What a line is about: the thing itself, what it is held against, a loss, or one of several alike. */
export type LineTone = 'main' | 'other' | 'loss' | number;

export interface Line {
  id: string;
  label: string;
  tone: LineTone;
  points: LinePoint[];
}

/** Told apart by those who see no red or green, on light and dark alike (after Okabe and Ito 2008). */
export const PALETTE = ['#0f8bd0', '#d9660a', '#0a9b72', '#c26b9f', '#b98900'] as const;

export function colorOf(tone: LineTone, colors: ChartColors): string {
  if (tone === 'main') return colors.accent;
  if (tone === 'loss') return colors.down;
  if (tone === 'other') return colors.text;
  return PALETTE[tone % PALETTE.length] ?? colors.accent;
}

/** The value of a curve on a day: that of the day, or of the last day before it. */
export function valueAt(points: LinePoint[], date: string): number | null {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.date ?? '') <= date) low = middle + 1;
    else high = middle;
  }
  return points[low - 1]?.value ?? null;
}

/** A curve moved so that it begins at `start`. */
export function rebased(points: LinePoint[], start: number): LinePoint[] {
  const first = points.find(({ value }) => value > 0)?.value;
  if (first === undefined) return [];
  return points.map(({ date, value }) => ({ date, value: (value / first) * start }));
}

/** How far below its highest value so far a curve stands: zero or negative. */
export function drawdownsOf(points: LinePoint[]): LinePoint[] {
  let peak = -Infinity;
  return points.map(({ date, value }) => {
    peak = Math.max(peak, value);
    return { date, value: peak > 0 ? value / peak - 1 : 0 };
  });
}
