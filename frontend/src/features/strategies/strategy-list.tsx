import { useQuery } from '@tanstack/react-query';
import { Plus, Sparkles } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { QueryView } from '@/components/ui/query-view';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { Link, useUrlState } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import { StrategyCard } from './strategy-card';

const PAGE_SIZE = 24;
const GRID = 'grid gap-4 md:grid-cols-2 2xl:grid-cols-3';
const STATES = ['all', 'active', 'inactive'] as const;
type State = (typeof STATES)[number];

export function StrategyList() {
  const t = useTranslations('strategies');
  const url = useUrlState();
  const canWrite = useCanWrite();
  const state: State = STATES.find((value) => value === url.get('state')) ?? 'all';
  const query = useQuery(
    queries.strategyList({
      is_active: state === 'all' ? undefined : state === 'active',
      page: url.page,
      page_size: PAGE_SIZE,
    }),
  );
  const create = canWrite && (
    <Button asChild>
      <Link href="/strategies/new/" data-testid="strategy-new">
        <Plus aria-hidden />
        {t('new')}
      </Link>
    </Button>
  );
  return (
    <Page title={t('title')} description={t('description')} actions={create}>
      <Segmented
        className="self-start"
        label={t('filter')}
        value={state}
        onChange={(next: State) => url.update({ state: next === 'all' ? undefined : next })}
        options={STATES.map((value) => ({ value, label: t(`states.${value}`) }))}
      />
      <QueryView query={query} loading={<LoadingCards />}>
        {(page) =>
          page.items.length === 0 ? (
            <Card>
              <EmptyState icon={Sparkles} title={t('empty')} text={t('emptyHint')} action={create} />
            </Card>
          ) : (
            <>
              <ul className={GRID}>
                {page.items.map((strategy) => (
                  <li key={strategy.id} className="min-w-0">
                    <StrategyCard strategy={strategy} />
                  </li>
                ))}
              </ul>
              <Pagination
                page={url.page}
                pageSize={PAGE_SIZE}
                total={page.total}
                onChange={(next) => url.update({ page: next })}
              />
            </>
          )
        }
      </QueryView>
    </Page>
  );
}

function LoadingCards() {
  return (
    <div className={GRID}>
      {Array.from({ length: 3 }, (_, index) => (
        <Skeleton key={index} className="h-52 rounded-xl" />
      ))}
    </div>
  );
}
