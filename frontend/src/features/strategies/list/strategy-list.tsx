import { useQuery } from '@tanstack/react-query';
import { Archive, Plus, SearchX, Sparkles } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { Strategy } from '@/lib/api/types';
import { MOST_COMPARED } from '@/lib/compare-ids';
import { Link, useUrlState } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import { ChooseBar } from './choose-bar';
import { ListFilters } from './list-filters';
import { filterOf, isNarrowed, PAGE_SIZE, readListState, type ListState } from './list-state';
import { PresetGallery } from './preset-gallery';
import { StrategyCard } from './strategy-card';

const GRID = 'grid gap-4 md:grid-cols-2 2xl:grid-cols-3';

/** Every strategy as a card; which of them, and in which order, is in the address. */
export function StrategyList() {
  const t = useTranslations('strategies');
  const url = useUrlState();
  const canWrite = useCanWrite();
  const state = readListState(url.get);
  const query = useQuery(queries.strategyList(filterOf(state, url.page)));
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
      <ListFilters state={state} />
      <QueryView query={query} loading={<LoadingCards />}>
        {(page) =>
          page.items.length === 0 ? (
            <Nothing state={state} />
          ) : (
            <>
              <Cards strategies={page.items} />
              <Pagination page={url.page} pageSize={PAGE_SIZE} total={page.total} onChange={(next) => url.update({ page: next })} />
            </>
          )
        }
      </QueryView>
    </Page>
  );
}

/** Those chosen for comparison stay chosen while one turns pages and narrows the list. */
function Cards({ strategies }: { strategies: Strategy[] }) {
  const [chosen, setChosen] = useState<Map<number, number>>(new Map());
  const toggle = ({ id, last_backtest }: Strategy) => {
    if (!last_backtest) return;
    const next = new Map(chosen);
    if (!next.delete(id)) next.set(id, last_backtest.id);
    setChosen(next);
  };
  return (
    <>
      <ul className={GRID}>
        {strategies.map((strategy) => (
          <li key={strategy.id} className="min-w-0">
            <StrategyCard
              strategy={strategy}
              choosing={{
                isOn: chosen.size > 0,
                isChosen: chosen.has(strategy.id),
                isFull: chosen.size >= MOST_COMPARED && !chosen.has(strategy.id),
                onToggle: () => toggle(strategy),
              }}
            />
          </li>
        ))}
      </ul>
      <ChooseBar backtests={[...chosen.values()]} onClear={() => setChosen(new Map())} />
    </>
  );
}

/** Why nothing is listed, and what to do about it. */
function Nothing({ state }: { state: ListState }) {
  const t = useTranslations('strategies');
  const url = useUrlState();
  const canWrite = useCanWrite();
  if (state.state === 'archived' && !state.search && !state.type) {
    return (
      <Card>
        <EmptyState icon={Archive} title={t('noneArchived')} text={t('noneArchivedHint')} />
      </Card>
    );
  }
  if (isNarrowed(state)) {
    const showAll = (
      <Button variant="secondary" size="sm" onClick={() => url.reset({})} data-testid="strategies-show-all">
        {t('showAll')}
      </Button>
    );
    return (
      <Card>
        <EmptyState icon={SearchX} title={t('noneFound')} text={t('noneFoundHint')} action={showAll} />
      </Card>
    );
  }
  return (
    <>
      <Card>
        <EmptyState icon={Sparkles} title={t('empty')} text={t(canWrite ? 'emptyHint' : 'emptyReadOnly')} />
      </Card>
      {canWrite && <PresetGallery />}
    </>
  );
}

function LoadingCards() {
  return (
    <div className={GRID}>
      {Array.from({ length: 6 }, (_, index) => (
        <Skeleton key={index} className="h-80 rounded-xl" />
      ))}
    </div>
  );
}
