import { useQuery } from '@tanstack/react-query';
import { FlaskConical, Grid3x3 } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Paged } from '@/components/ui/paged';
import { MOST_COMPARED, readIds, toggled } from '@/lib/compare-ids';
import { BacktestFormCard } from '@/features/backtest/form/backtest-form-card';
import { queries } from '@/lib/api/queries';
import { Link, useUrlState } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import { BacktestRow } from './backtest-row';
import { CompareBar } from './compare-bar';

const PAGE_SIZE = 20;

export function Backtests() {
  const t = useTranslations('backtest');
  const sweeps = useTranslations('sweeps');
  const canWrite = useCanWrite();
  return (
    <Page
      title={t('title')}
      description={t('description')}
      actions={
        <Button asChild variant="secondary">
          <Link href="/backtest/sweeps/" data-testid="sweeps-open">
            <Grid3x3 aria-hidden />
            {sweeps('title')}
          </Link>
        </Button>
      }
    >
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(22rem,1fr)_minmax(0,1.6fr)]">
        {canWrite && <BacktestFormCard />}
        <BacktestList />
      </div>
    </Page>
  );
}

/** The runs; those chosen for comparing are in the address. */
function BacktestList() {
  const t = useTranslations('backtest');
  const url = useUrlState();
  const query = useQuery(queries.backtestList({ page: url.page, page_size: PAGE_SIZE }));
  // The address follows a moment later: two quick presses must not undo each other.
  const [chosen, setChosen] = useState(() => readIds(url.get('compare')));
  const choose = (ids: number[]) => {
    setChosen(ids);
    url.update({ compare: ids.join(','), page: url.page });
  };
  return (
    <Card>
      <CardHeader title={t('list')} />
      <Paged
        query={query}
        empty={<EmptyState icon={FlaskConical} title={t('empty')} text={t('emptyHint')} />}
      >
        {(backtests) => (
          <ul className="divide-y divide-line border-t border-line">
            {backtests.map((backtest) => (
              <BacktestRow
                key={backtest.id}
                backtest={backtest}
                chosen={chosen.includes(backtest.id)}
                full={chosen.length >= MOST_COMPARED && !chosen.includes(backtest.id)}
                onChoose={() => choose(toggled(chosen, backtest.id))}
              />
            ))}
          </ul>
        )}
      </Paged>
      <CompareBar ids={chosen} onClear={() => choose([])} />
    </Card>
  );
}
