import { imports } from '@/lib/api/imports';
import type { QuarantinedRow } from '@/lib/api/types';

/** The most rows the server answers at once; 10,000 are kept of an import. */
const PAGE_SIZE = 200;

const COLUMNS = ['row', 'symbol', 'time', 'field', 'reason', 'cells'] as const;

/** A cell that holds a character with a meaning in CSV stands in quotes. */
function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv(rows: QuarantinedRow[]): string {
  const lines = rows.map((row) => COLUMNS.map((column) => cell(row[column])).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

/** All rows that an import set aside, page by page; the mark at the start tells Excel the encoding. */
export async function quarantineCsv(id: number, reason: string | undefined): Promise<Blob> {
  const rows: QuarantinedRow[] = [];
  for (let page = 1; ; page += 1) {
    const { items, total } = await imports.quarantine(id, { reason, page, page_size: PAGE_SIZE });
    rows.push(...items);
    if (items.length === 0 || rows.length >= total) break;
  }
  return new Blob(['\uFEFF', toCsv(rows)], { type: 'text/csv;charset=utf-8' });
}
