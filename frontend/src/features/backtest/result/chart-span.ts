import type { BacktestDetail, Interval, RoundTrip } from '@/lib/api/types';

/** Calendar days around a round trip for which its bars are asked: 5,000 bars are thirteen days of minutes. */
const DAYS_AROUND: Record<Interval, number> = { '1m': 5, '5m': 20, '1h': 120, '1d': 0 };

function moved(date: string, days: number): string {
  const day = new Date(`${date.slice(0, 10)}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

/**
 * The days to draw: all of the run where bars are days, otherwise those around the round trip, or the first fill.
 */
export function chartSpan(
  { start_date, end_date }: Pick<BacktestDetail, 'start_date' | 'end_date'>,
  interval: Interval,
  trip: Pick<RoundTrip, 'opened_at' | 'closed_at'> | null,
  firstFill: string | null,
): { from: string; to: string } {
  if (interval === '1d') return { from: start_date, to: end_date };
  const around = DAYS_AROUND[interval];
  const centre = trip?.opened_at ?? firstFill ?? `${start_date}T09:00:00+09:00`;
  const from = moved(centre, -around);
  const to = moved(centre, around);
  return { from: from < start_date ? start_date : from, to: to > end_date ? end_date : to };
}
