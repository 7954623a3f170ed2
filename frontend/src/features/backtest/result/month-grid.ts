import type { PerformanceReport } from '@/lib/api/types';

export interface YearRow {
  year: number;
  /** January first; nothing where there was no session. */
  months: (number | null)[];
  total: number | null;
}

/** The returns of months by year, the newest year first. */
export function yearRows({ months, years }: Pick<PerformanceReport, 'months' | 'years'>): YearRow[] {
  const rows = new Map<number, YearRow>();
  const rowOf = (year: number) => {
    const known = rows.get(year);
    if (known) return known;
    const row: YearRow = { year, months: Array<number | null>(12).fill(null), total: null };
    rows.set(year, row);
    return row;
  };
  for (const { year, month, total_return } of months) rowOf(year).months[month - 1] = total_return;
  for (const { year, total_return } of years) rowOf(year).total = total_return;
  return [...rows.values()].sort((a, b) => b.year - a.year);
}

/** A tenth in a month is as strong as the colour gets. */
const STRONGEST = 0.1;

/** How strong a return is coloured, in percent: the sign chooses the colour, the value is written out. */
export function strength(value: number): number {
  return Math.round(Math.min(1, Math.abs(value) / STRONGEST) * 55);
}
