import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from 'react';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { Tabs } from '@/components/ui/tabs';
import type { BacktestDetail } from '@/lib/api/types';
import { queries } from '@/lib/api/queries';
import { useFormat } from '@/lib/format/use-format';
import { useIdParam, useUrlState } from '@/lib/navigation';
import { BacktestActions } from './backtest-actions';
import { BacktestOutcome } from './backtest-outcome';

type Panel = LazyExoticComponent<ComponentType<{ backtest: BacktestDetail }>>;

/** Each view is fetched when it is first shown. */
const PANELS = {
  overview: lazy(() => import('./overview')),
  drawdown: lazy(() => import('./drawdowns')),
  trades: lazy(() => import('./trades')),
  months: lazy(() => import('./months')),
  metrics: lazy(() => import('./metrics')),
  rolling: lazy(() => import('./rolling')),
  robustness: lazy(() => import('./robustness')),
  verification: lazy(() => import('./verification')),
  note: lazy(() => import('./notes')),
} satisfies Record<string, Panel>;
type Tab = keyof typeof PANELS;
const TABS = Object.keys(PANELS) as Tab[];

export function BacktestResult() {
  const t = useTranslations('backtest');
  const id = useIdParam();
  if (id === null) {
    return (
      <Page title={t('resultTitle')}>
        <p role="alert">{t('missing')}</p>
      </Page>
    );
  }
  return <LoadedResult id={id} />;
}

function LoadedResult({ id }: { id: number }) {
  const t = useTranslations('backtest');
  const format = useFormat();
  const query = useQuery(queries.backtest(id));
  const backtest = query.data;
  return (
    <Page
      title={backtest?.name ?? t('resultTitle')}
      description={
        backtest &&
        `${format.date(backtest.start_date)} – ${format.date(backtest.end_date)} · ${format.won(backtest.initial_capital)}`
      }
      actions={backtest && <BacktestActions backtest={backtest} />}
    >
      <QueryView query={query} loading={<LoadingResult />}>
        {(loaded) => <Result backtest={loaded} />}
      </QueryView>
    </Page>
  );
}

function Result({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('run');
  const url = useUrlState();
  const done = backtest.status === 'done';
  // A run without a result has its settings and its note only.
  const tabs = done ? TABS : TABS.filter((value) => value === 'verification' || value === 'note');
  const tab = tabs.find((value) => value === url.get('tab')) ?? tabs[0] ?? 'verification';
  const Shown = PANELS[tab];
  return (
    <>
      <BacktestOutcome backtest={backtest} />
      <Tabs
        label={t('views')}
        value={tab}
        onChange={(next) => url.reset({ id: String(backtest.id), tab: next })}
        tabs={tabs.map((value) => ({
          value,
          label: t(done || value !== 'verification' ? `tabs.${value}` : 'tabs.settings'),
          testId: `result-tab-${value}`,
        }))}
      >
        <Suspense fallback={<Skeleton className="h-96 rounded-xl" />}>
          <Shown key={backtest.id} backtest={backtest} />
        </Suspense>
      </Tabs>
    </>
  );
}

function LoadingResult() {
  return (
    <div className="flex flex-col gap-5">
      <Skeleton className="h-10 rounded-lg" />
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
        {Array.from({ length: 10 }, (_, index) => (
          <Skeleton key={index} className="h-24 rounded-xl" />
        ))}
      </div>
      <Skeleton className="h-[30rem] rounded-xl" />
    </div>
  );
}
