import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { cn } from '@/lib/cn';

/** The order of a list as the server is asked for it: a column, with a minus before it for the highest first. */
export type Sort = string;

export function sortedBy(sort: Sort | undefined, column: string): 'ascending' | 'descending' | null {
  if (sort === column) return 'ascending';
  return sort === `-${column}` ? 'descending' : null;
}

/** The first press shows the highest, the second the lowest, and so on. */
export function nextSort(sort: Sort | undefined, column: string): Sort {
  return sort === `-${column}` ? column : `-${column}`;
}

interface SortHeadingProps {
  name: string;
  column: string;
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
  className?: string;
}

/** A column's name; pressing it puts the rows in its order. */
export function SortHeading({ name, column, sort, onSort, className }: SortHeadingProps) {
  const t = useTranslations('common');
  const sorted = sortedBy(sort, column);
  const Icon = sorted === null ? ArrowUpDown : sorted === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <button
      type="button"
      aria-label={t('sortBy', { name })}
      onClick={() => onSort(nextSort(sort, column))}
      data-testid={`sort-${column}`}
      className={cn('inline-flex min-h-6 items-center gap-1 hover:text-ink', sorted && 'text-ink', className)}
    >
      {name}
      <Icon aria-hidden className={cn('size-3', sorted === null && 'opacity-50')} />
    </button>
  );
}
