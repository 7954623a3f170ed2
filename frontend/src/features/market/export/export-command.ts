import type { ExportRequest } from '@/lib/api/history';

/** `005930-1d-adjusted.csv`; several issues are counted, not named. */
export function exportFileName({ symbols, interval, prices, format }: ExportRequest): string {
  const codes = symbols.split(',');
  const what = codes.length > 1 ? `${codes.length}-symbols` : symbols;
  return `${what}-${interval}-${prices}.${format}`;
}

/** What to type in a terminal for the same file. */
export function exportCommand(request: ExportRequest): string {
  const { symbols, interval, from, to, prices, as_of: asOf, format } = request;
  const options = [
    `--symbols ${symbols || 'all'}`,
    `--interval ${interval}`,
    from && `--from ${from}`,
    to && `--to ${to}`,
    `--prices ${prices}`,
    prices === 'adjusted' && asOf && `--as-of ${asOf}`,
    `--format ${format}`,
    `--out ${exportFileName({ ...request, symbols: symbols || 'all' })}`,
  ].filter(Boolean);
  return `exodus export bars ${options.join(' \\\n  ')}`;
}
