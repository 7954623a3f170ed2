import { useQuery } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Card, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Paged } from '@/components/ui/paged';
import { queries } from '@/lib/api/queries';
import { useUrlState } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import { BacktestFormCard } from './backtest-form-card';
import { BacktestRow } from './backtest-row';

const PAGE_SIZE = 20;

export function Backtests() {
  const t = useTranslations('backtest');
  const canWrite = useCanWrite();
  return (
    <Page title={t('title')} description={t('description')}>
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(22rem,1fr)_minmax(0,1.6fr)]">
        {canWrite && <BacktestFormCard />}
        <BacktestList />
      </div>
    </Page>
  );
}

function BacktestList() {
  const t = useTranslations('backtest');
  const url = useUrlState();
  const query = useQuery(queries.backtestList({ page: url.page, page_size: PAGE_SIZE }));
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
              <BacktestRow key={backtest.id} backtest={backtest} />
            ))}
          </ul>
        )}
      </Paged>
    </Card>
  );
}
