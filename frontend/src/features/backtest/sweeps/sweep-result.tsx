import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { Tabs } from '@/components/ui/tabs';
import type { SweepDetail } from '@/lib/api/types';
import { queries } from '@/lib/api/queries';
import { isUnderWay } from '@/lib/api/run-status';
import { useFormat } from '@/lib/format/use-format';
import { useIdParam, useUrlState } from '@/lib/navigation';
import { SweepActions } from './sweep-actions';
import { SweepSummary } from './sweep-summary';

const PANELS = {
  trials: lazy(() => import('./trials')),
  map: lazy(() => import('./trial-map')),
  stability: lazy(() => import('./stability-map')),
  walk: lazy(() => import('./walk-forward')),
  settings: lazy(() => import('./sweep-settings')),
} as const;
type Tab = keyof typeof PANELS;
const TABS = Object.keys(PANELS) as Tab[];

export function SweepResult() {
  const t = useTranslations('sweeps');
  const id = useIdParam();
  if (id === null) {
    return (
      <Page title={t('title')}>
        <p role="alert">{t('missing')}</p>
      </Page>
    );
  }
  return <LoadedSweep id={id} />;
}

/** How often a search is asked after while it runs; events tell of it too. */
const LOOK_AGAIN_MS = 2_000;

function LoadedSweep({ id }: { id: number }) {
  const t = useTranslations('sweeps');
  const format = useFormat();
  const query = useQuery({
    ...queries.sweep(id),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? LOOK_AGAIN_MS : false),
  });
  const sweep = query.data;
  return (
    <Page
      title={sweep?.name ?? t('title')}
      description={
        sweep &&
        `${format.date(sweep.base.start_date)} – ${format.date(sweep.base.end_date)} · ${format.won(sweep.base.initial_capital)}`
      }
      actions={sweep && <SweepActions sweep={sweep} />}
    >
      <QueryView query={query} loading={<Skeleton className="h-[36rem] rounded-xl" />}>
        {(loaded) => <Result sweep={loaded} />}
      </QueryView>
    </Page>
  );
}

function Result({ sweep }: { sweep: SweepDetail }) {
  const t = useTranslations('sweeps');
  const url = useUrlState();
  const tabs = TABS.filter((value) => value !== 'walk' || sweep.walk_forward);
  const tab = tabs.find((value) => value === url.get('tab')) ?? 'trials';
  const Shown = PANELS[tab];
  return (
    <>
      <SweepSummary sweep={sweep} />
      <Tabs
        label={t('views')}
        value={tab}
        onChange={(next) => url.reset({ id: String(sweep.id), tab: next })}
        tabs={tabs.map((value) => ({ value, label: t(`tabs.${value}`), testId: `sweep-tab-${value}` }))}
      >
        <Suspense fallback={<Skeleton className="h-96 rounded-xl" />}>
          <Shown sweep={sweep} />
        </Suspense>
      </Tabs>
    </>
  );
}
