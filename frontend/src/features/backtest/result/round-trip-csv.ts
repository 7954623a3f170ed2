import type { RoundTrip } from '@/lib/api/types';

const COLUMNS = [
  'symbol',
  'opened_at',
  'closed_at',
  'quantity',
  'quantity_sold',
  'entry_price',
  'exit_price',
  'bought',
  'sold',
  'costs',
  'pnl',
  'return',
  'mae',
  'mfe',
  'holding_sessions',
] as const satisfies (keyof RoundTrip)[];

/** Round trips as a file; codes and times hold nothing that would need quoting. */
export function csvOf(trips: RoundTrip[]): Blob {
  const lines = trips.map((trip) => COLUMNS.map((column) => trip[column] ?? '').join(','));
  return new Blob([[COLUMNS.join(','), ...lines, ''].join('\n')], { type: 'text/csv' });
}
