import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { useMediaQuery } from '@/lib/hooks/use-media-query';

export interface Column<T> {
  key: string;
  heading: ReactNode;
  cell: (row: T) => ReactNode;
  align?: 'left' | 'right';
  /** The direction, while the rows are in the order of this column. */
  sorted?: 'ascending' | 'descending' | null;
  /** Long text that may take several lines. */
  wrap?: boolean;
  /**
   * Where the value stands when the row becomes a card on a phone: `lead` first, `sub` small below
   * it, `aside` at the right of both, `row` on a line of its own, `action` at the foot without a
   * name. Anything else is one of the named values in between.
   */
  place?: 'lead' | 'sub' | 'aside' | 'row' | 'action';
}

export interface DataTableProps<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T, index: number) => string | number;
  rowTestId?: string;
  dense?: boolean;
}

/** A table on wide screens, a list of cards on a phone; both from the same columns. */
export function DataTable<T>(props: DataTableProps<T>) {
  const wide = useMediaQuery('(min-width: 768px)');
  return wide ? <WideTable {...props} /> : <CardList {...props} />;
}

function WideTable<T>({ caption, columns, rows, rowKey, rowTestId, dense }: DataTableProps<T>) {
  return (
    // Headings for screen readers only are placed absolutely: without `relative` they widen the page.
    <div className="relative overflow-x-auto">
      <table className="w-full text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-y border-line bg-raised text-ink-faint">
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                aria-sort={column.sorted ?? undefined}
                className={cn(
                  'px-3 py-2 text-xs font-semibold whitespace-nowrap first:pl-5 last:pr-5',
                  column.align === 'right' ? 'text-right' : 'text-left',
                )}
              >
                <span className={column.place === 'action' ? 'sr-only' : undefined}>
                  {column.heading}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr
              key={rowKey(row, index)}
              data-testid={rowTestId}
              className="border-b border-line last:border-b-0 hover:bg-raised"
            >
              {columns.map((column) => (
                <td
                  key={column.key}
                  className={cn(
                    'px-3 first:pl-5 last:pr-5',
                    dense ? 'py-2' : 'py-2.5',
                    column.align === 'right' && 'tabular text-right',
                    column.wrap ? 'min-w-48' : 'whitespace-nowrap',
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

function CardList<T>({ caption, columns, rows, rowKey, rowTestId }: DataTableProps<T>) {
  return (
    <ul aria-label={caption} className="divide-y divide-line border-t border-line">
      {rows.map((row, index) => (
        <li key={rowKey(row, index)} data-testid={rowTestId} className="px-4 py-3 text-sm">
          <RowCard columns={columns} row={row} />
        </li>
      ))}
    </ul>
  );
}

function RowCard<T>({ columns, row }: { columns: Column<T>[]; row: T }) {
  const at = (place: Column<T>['place']) => columns.filter((column) => column.place === place);
  const named = [...at(undefined), ...at('row')];
  const actions = at('action');
  return (
    <>
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          {at('lead').map((column) => (
            <div key={column.key}>{column.cell(row)}</div>
          ))}
          {at('sub').map((column) => (
            <div key={column.key} className="tabular text-xs text-ink-faint">
              {column.cell(row)}
            </div>
          ))}
        </div>
        <div className="tabular flex shrink-0 flex-col items-end gap-1 text-right">
          {at('aside').map((column) => (
            <div key={column.key}>{column.cell(row)}</div>
          ))}
        </div>
      </div>
      {named.length > 0 && (
        <dl className="mt-2 grid grid-cols-2 gap-x-5 gap-y-1">
          {named.map((column) => (
            <div
              key={column.key}
              className={cn(
                'flex min-w-0 flex-wrap items-center justify-between gap-x-2',
                column.place === 'row' && 'col-span-2',
              )}
            >
              <dt className="shrink-0 text-ink-faint">{column.heading}</dt>
              <dd className="tabular ml-auto min-w-0 text-right">{column.cell(row)}</dd>
            </div>
          ))}
        </dl>
      )}
      {actions.length > 0 && (
        <div className="mt-2 flex justify-end gap-2">
          {actions.map((column) => (
            <div key={column.key}>{column.cell(row)}</div>
          ))}
        </div>
      )}
    </>
  );
}
