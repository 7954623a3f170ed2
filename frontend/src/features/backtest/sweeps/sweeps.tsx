import { useQuery } from '@tanstack/react-query';
import { Grid3x3, Plus } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { JobStatusBadge } from '@/components/finance/badges';
import { Page } from '@/components/layout/page';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Paged } from '@/components/ui/paged';
import { Progress } from '@/components/ui/progress';
import { useScopeText } from '@/features/backtest/use-terms-text';
import type { Sweep } from '@/lib/api/types';
import { queries } from '@/lib/api/queries';
import { isUnderWay } from '@/lib/api/run-status';
import { useFormat } from '@/lib/format/use-format';
import { Link, useUrlState } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import { useObjective } from './use-objective';

const PAGE_SIZE = 20;
const SYMBOLS_SHOWN = 3;
/** How often searches that run are asked after. */
const LOOK_AGAIN_MS = 2_000;

/** Every search for parameters, the newest first. */
export function Sweeps() {
  const t = useTranslations('sweeps');
  const url = useUrlState();
  const canWrite = useCanWrite();
  const query = useQuery({
    ...queries.sweepList({ page: url.page, page_size: PAGE_SIZE }),
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) ? LOOK_AGAIN_MS : false),
  });
  const create = canWrite && (
    <Button asChild>
      <Link href="/backtest/sweeps/new/" data-testid="sweep-new">
        <Plus aria-hidden />
        {t('new')}
      </Link>
    </Button>
  );
  return (
    <Page title={t('title')} description={t('description')} actions={create}>
      <Card>
        <CardHeader title={t('list')} />
        <Paged
          query={query}
          empty={<EmptyState icon={Grid3x3} title={t('empty')} text={t('emptyHint')} action={create} />}
        >
          {(sweeps) => (
            <ul className="divide-y divide-line border-t border-line">
              {sweeps.map((sweep) => (
                <SweepRow key={sweep.id} sweep={sweep} />
              ))}
            </ul>
          )}
        </Paged>
      </Card>
    </Page>
  );
}

function SweepRow({ sweep }: { sweep: Sweep }) {
  const t = useTranslations('sweeps');
  const format = useFormat();
  const objective = useObjective(sweep);
  const scopeText = useScopeText();
  const { base } = sweep;
  return (
    <li data-testid="sweep-row" data-sweep-id={sweep.id} data-status={sweep.status}>
      <Link
        href={`/backtest/sweeps/result/?id=${sweep.id}`}
        prefetch={false}
        className="flex flex-col gap-2 px-4 py-3 hover:bg-raised sm:px-5"
      >
        <span className="flex items-start justify-between gap-3">
          <span className="min-w-0">
            <span className="block truncate font-semibold">{sweep.name}</span>
            <span className="tabular block text-sm text-ink-faint">
              {scopeText(base, SYMBOLS_SHOWN)} · {format.date(base.start_date)} – {format.date(base.end_date)} ·{' '}
              {t('trialsDone', { done: sweep.trials_done, all: sweep.trials_total })}
            </span>
          </span>
          <span className="flex shrink-0 flex-col items-end gap-1">
            <JobStatusBadge status={sweep.status} />
            {sweep.best && (
              <span className="tabular text-sm font-semibold">{t('bestIs', { value: objective.write(sweep.best.objective), figure: objective.title })}</span>
            )}
          </span>
        </span>
        {isUnderWay(sweep) && <Progress value={sweep.progress} label={t('progress')} />}
      </Link>
    </li>
  );
}
