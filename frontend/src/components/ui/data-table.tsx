import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { useMediaQuery } from '@/lib/hooks/use-media-query';

export interface Column<T> {
  key: string;
  heading: ReactNode;
  cell: (row: T) => ReactNode;
  align?: 'left' | 'right';
  /** Leads the card that a row becomes on a phone. */
  lead?: boolean;
  /** Sits beside the lead at the right of the card's first line. */
  aside?: boolean;
}

interface DataTableProps<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string | number;
  rowTestId?: string;
  dense?: boolean;
}

/** A table on wide screens, a list of cards on a phone; both from the same columns. */
export function DataTable<T>(props: DataTableProps<T>) {
  const wide = useMediaQuery('(min-width: 768px)');
  return wide ? <WideTable {...props} /> : <NarrowList {...props} />;
}

function WideTable<T>({ caption, columns, rows, rowKey, rowTestId, dense }: DataTableProps<T>) {
  const pad = dense ? 'px-3 py-2' : 'px-3 py-2.5';
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-y border-line bg-raised text-ink-faint">
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={cn(
                  'px-3 py-2 text-xs font-semibold whitespace-nowrap first:pl-5 last:pr-5',
                  column.align === 'right' ? 'text-right' : 'text-left',
                )}
              >
                {column.heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              data-testid={rowTestId}
              className="border-b border-line last:border-b-0 hover:bg-raised"
            >
              {columns.map((column) => (
                <td
                  key={column.key}
                  className={cn(
                    pad,
                    'first:pl-5 last:pr-5',
                    column.align === 'right' && 'tabular text-right whitespace-nowrap',
                  )}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NarrowList<T>({ caption, columns, rows, rowKey, rowTestId }: DataTableProps<T>) {
  const lead = columns.filter((column) => column.lead);
  const aside = columns.filter((column) => column.aside);
  const rest = columns.filter((column) => !column.lead && !column.aside);
  return (
    <ul aria-label={caption} className="divide-y divide-line border-t border-line">
      {rows.map((row) => (
        <li key={rowKey(row)} data-testid={rowTestId} className="px-4 py-3 text-sm">
          <div className="flex items-start justify-between gap-3">
            <div className="min-w-0">
              {lead.map((column) => (
                <div key={column.key}>{column.cell(row)}</div>
              ))}
            </div>
            <div className="tabular shrink-0 text-right">
              {aside.map((column) => (
                <div key={column.key}>{column.cell(row)}</div>
              ))}
            </div>
          </div>
          {rest.length > 0 && (
            <dl className="mt-2 grid grid-cols-2 gap-x-4 gap-y-1">
              {rest.map((column) => (
                <div key={column.key} className="flex min-w-0 justify-between gap-2">
                  <dt className="shrink-0 text-ink-faint">{column.heading}</dt>
                  <dd className="tabular min-w-0 text-right">{column.cell(row)}</dd>
                </div>
              ))}
            </dl>
          )}
        </li>
      ))}
    </ul>
  );
}
