import type { CoverageCell } from '@/lib/api/types';

/**
 * How much of what can be had is there, in steps an eye can tell apart. Days on which the issue was
 * halted or not traded are not missing.
 */
export type Level = 'full' | 'most' | 'part' | 'none' | 'off';

/** From here on a period counts as nearly whole: a missing day of a month. */
const MOST = 0.9;

export function levelOf(cell: CoverageCell | undefined): Level {
  if (!cell) return 'off';
  const { stored, missing } = cell;
  if (missing === 0) return stored > 0 ? 'full' : 'off';
  if (stored === 0) return 'none';
  return stored / (stored + missing) >= MOST ? 'most' : 'part';
}

/** The periods of all rows in order, without those at either end in which nobody expects a bar. */
export function axisOf(rows: { cells: CoverageCell[] }[]): string[] {
  const periods = new Map<string, boolean>();
  for (const { period, expected, stored } of rows.flatMap(({ cells }) => cells)) {
    periods.set(period, periods.get(period) || expected > 0 || stored > 0);
  }
  const sorted = [...periods.keys()].sort();
  const isUsed = (period: string) => periods.get(period) === true;
  const first = sorted.findIndex(isUsed);
  return first < 0 ? [] : sorted.slice(first, sorted.findLastIndex(isUsed) + 1);
}

export interface AxisGroup {
  /** `2024` over months, `2024-03` over days. */
  name: string;
  count: number;
}

/** The year of a month, the month of a day. */
export function groupOf(period: string): string {
  return period.slice(0, period.lastIndexOf('-'));
}

/** Years over months, months over days. */
export function groupsOf(axis: string[]): AxisGroup[] {
  const groups: AxisGroup[] = [];
  for (const period of axis) {
    const name = groupOf(period);
    const last = groups.at(-1);
    if (last?.name === name) last.count += 1;
    else groups.push({ name, count: 1 });
  }
  return groups;
}

/** The part of what can be had that is stored, cut to a thousandth: with a gap it is never the whole. */
export function ratioOf({ stored, missing }: { stored: number; missing: number }): number {
  return missing === 0 ? 1 : Math.floor((stored / (stored + missing)) * 1_000) / 1_000;
}
