import type { UseQueryResult } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { Button } from './button';

export type ViewedQuery<T> = Pick<
  UseQueryResult<T>,
  'data' | 'error' | 'isPending' | 'refetch' | 'isRefetching'
>;

interface QueryViewProps<T> {
  query: ViewedQuery<T>;
  /** Shown while there is nothing yet. */
  loading: ReactNode;
  children: (data: T) => ReactNode;
}

/** Loading, failure with a way to try again, or the data. */
export function QueryView<T>({ query, loading, children }: QueryViewProps<T>) {
  const t = useTranslations('common');
  const problemText = useProblemText();
  if (query.data !== undefined) return children(query.data);
  if (query.isPending) {
    return (
      <div role="status" aria-busy>
        <span className="sr-only">{t('loading')}</span>
        {loading}
      </div>
    );
  }
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-6 py-10 text-center">
      <p className="text-ink-soft">{problemText(query.error)}</p>
      <Button
        variant="secondary"
        size="sm"
        busy={query.isRefetching}
        onClick={() => void query.refetch()}
      >
        <RotateCw aria-hidden />
        {t('retry')}
      </Button>
    </div>
  );
}
