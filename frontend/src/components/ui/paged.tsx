import type { ReactNode } from 'react';
import type { Page } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';
import { DataTable, type DataTableProps } from './data-table';
import { Pagination } from './pagination';
import { QueryView, type ViewedQuery } from './query-view';
import { SkeletonRows } from './skeleton';

interface PagedProps<T> {
  query: ViewedQuery<Page<T>>;
  /** Shown when there is not one row. */
  empty: ReactNode;
  loadingRows?: number;
  /** Turns the page; the address keeps its number unless this is given. */
  onPage?: (page: number) => void;
  children: (rows: T[]) => ReactNode;
}

/** One page of a list: loading, failure, emptiness, the rows, and the way to the other pages. */
export function Paged<T>({ query, empty, loadingRows = 5, onPage, children }: PagedProps<T>) {
  const { update } = useUrlState();
  return (
    <QueryView query={query} loading={<SkeletonRows rows={loadingRows} />}>
      {({ items, page, page_size, total }) =>
        items.length === 0 ? (
          empty
        ) : (
          <>
            {children(items)}
            <Pagination
              page={page}
              pageSize={page_size}
              total={total}
              onChange={onPage ?? ((next) => update({ page: next }))}
            />
          </>
        )
      }
    </QueryView>
  );
}

type PagedTableProps<T> = Omit<PagedProps<T>, 'children'> & Omit<DataTableProps<T>, 'rows'>;

/** A list whose rows are a table. */
export function PagedTable<T>({ query, empty, loadingRows, onPage, ...table }: PagedTableProps<T>) {
  return (
    <Paged query={query} empty={empty} loadingRows={loadingRows} onPage={onPage}>
      {(rows) => <DataTable {...table} rows={rows} />}
    </Paged>
  );
}
