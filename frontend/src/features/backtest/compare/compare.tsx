import { useQueries } from '@tanstack/react-query';
import { GitCompareArrows } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Skeleton } from '@/components/ui/skeleton';
import type { BacktestDetail } from '@/lib/api/types';
import { queries } from '@/lib/api/queries';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { Link, useUrlState } from '@/lib/navigation';
import { CompareCurves } from './compare-curves';
import { readIds } from '@/lib/compare-ids';
import { CompareFigures } from './compare-figures';

/** Up to five runs side by side; the address holds their numbers. */
export function Compare() {
  const t = useTranslations('compare');
  const url = useUrlState();
  const problemText = useProblemText();
  const ids = readIds(url.get('ids'));
  const found = useQueries({ queries: ids.map((id) => queries.backtest(id)) });
  const failure = found.find(({ error }) => error !== null)?.error ?? null;
  const runs = found.flatMap(({ data }): BacktestDetail[] => (data ? [data] : []));
  const done = runs.filter(({ report }) => report !== null);
  const without = runs.filter(({ report }) => report === null);
  const remove = (id: number) => url.update({ ids: ids.filter((other) => other !== id).join(',') });
  return (
    <Page title={t('title')} description={t('description')}>
      {failure !== null && (
        <p role="alert" className="text-sm text-danger">
          {problemText(failure)}
        </p>
      )}
      {without.length > 0 && (
        <p role="status" className="text-sm text-warn">
          {t('notDone', { names: without.map(({ name }) => name).join(', ') })}
        </p>
      )}
      {found.some(({ isPending }) => isPending) ? (
        <Skeleton className="h-[30rem] rounded-xl" />
      ) : done.length === 0 ? (
        <Card>
          <EmptyState
            icon={GitCompareArrows}
            title={t('none')}
            text={t('noneHint')}
            action={
              <Button asChild>
                <Link href="/backtest/">{t('toList')}</Link>
              </Button>
            }
          />
        </Card>
      ) : (
        <>
          <CompareCurves runs={done} />
          <CompareFigures runs={done} onRemove={remove} />
        </>
      )}
    </Page>
  );
}
