import { useQuery } from '@tanstack/react-query';
import { CalendarSearch, Wrench } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { INTERVALS, IntervalChoice } from '@/components/finance/interval-choice';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Paged } from '@/components/ui/paged';
import { SearchField } from '@/components/ui/search-field';
import { Segmented } from '@/components/ui/segmented';
import { queries } from '@/lib/api/queries';
import type { Coverage, Interval } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { seoulDate } from '@/lib/format/format';
import { useMediaQuery } from '@/lib/hooks/use-media-query';
import { useUrlState } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import { BackfillRow } from './backfill-row';
import { CoverageSheet } from './coverage-sheet';
import { CoverageList, HeatMap } from './heat-map';
import { LEVELS, LEVEL_STYLE } from './level-style';
import { useBackfills } from './use-backfills';
import { isFed, useRepair } from './use-repair';

const PAGE_SIZE = 25;

/** How far back the map reaches, in days; months of days, years of months. */
const SPANS = { '1m': 31, '3m': 92, '1y': 365, '3y': 3 * 365, '10y': 10 * 365, all: null } as const;
type Span = keyof typeof SPANS;

const SPANS_OF: Record<'days' | 'months', { choices: Span[]; first: Span }> = {
  days: { choices: ['1m', '3m'], first: '3m' },
  months: { choices: ['1y', '3y', '10y', 'all'], first: '3y' },
};

/** What is stored of each series against the calendar, and the way to fill what is missing. */
export function CoverageView() {
  const t = useTranslations('coverage');
  const { get, page, update, reset } = useUrlState();
  const interval = INTERVALS.find((value) => value === get('interval')) ?? '1d';
  const { choices, first } = SPANS_OF[interval === '1d' ? 'months' : 'days'];
  const span = choices.find((value) => value === get('span')) ?? first;
  const days = SPANS[span];
  const from = days === null ? undefined : seoulDate(new Date(), { days: -days });
  const query = useQuery(
    queries.coverage({ interval, q: get('q'), from, page, page_size: PAGE_SIZE }),
  );
  const wide = useMediaQuery('(min-width: 768px)');
  const Rows = wide ? HeatMap : CoverageList;
  const open = (series: Coverage) =>
    update({ symbol: series.symbol, adjusted: String(series.adjusted), page });
  const opened = get('symbol');
  return (
    <>
      <Card>
        <div className="flex flex-wrap items-center gap-3 p-4 sm:px-5">
          <div className="grid w-full sm:w-64">
            <SearchField
              label={t('search')}
              value={get('q') ?? ''}
              onChange={(q) => update({ q })}
              testId="coverage-search"
            />
          </div>
          <IntervalChoice
            value={interval}
            onChange={(next) => update({ interval: next, span: undefined })}
            testId="coverage-interval"
          />
          <Segmented
            label={t('span')}
            value={span}
            onChange={(next) => update({ span: next })}
            options={choices.map((value) => ({
              value,
              label: t(`spans.${value}`),
              testId: `coverage-span-${value}`,
            }))}
          />
          <span className="sm:ml-auto">
            <RepairShown rows={query.data?.items ?? []} interval={interval} from={from} />
          </span>
        </div>
        <Legend />
        <Paged
          query={query}
          loadingRows={8}
          empty={
            <EmptyState
              icon={CalendarSearch}
              title={t('empty')}
              text={t('emptyHint')}
              action={
                <Button variant="secondary" onClick={() => reset({ tab: 'imports' })}>
                  {t('toImports')}
                </Button>
              }
            />
          }
        >
          {(rows) => <Rows rows={rows} onOpen={open} />}
        </Paged>
      </Card>
      <Backfills />
      {opened && (
        <CoverageSheet
          series={{ symbol: opened, interval, adjusted: get('adjusted') === 'true' }}
          onClose={() => update({ symbol: undefined, adjusted: undefined, page })}
        />
      )}
    </>
  );
}

function Legend() {
  const t = useTranslations('coverage.levels');
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 px-4 pb-3 text-xs text-ink-soft sm:px-5">
      {LEVELS.map((level) => (
        <li key={level} className="flex items-center gap-1.5">
          <span aria-hidden className={cn('size-3 rounded-[2px]', LEVEL_STYLE[level])} />
          {t(level)}
        </li>
      ))}
    </ul>
  );
}

interface RepairShownProps {
  rows: Coverage[];
  interval: Interval;
  /** The first day shown; from the first bar on without it. */
  from: string | undefined;
}

/** Fills every raw series of this page over the span that is shown. */
function RepairShown({ rows, interval, from }: RepairShownProps) {
  const t = useTranslations('coverage');
  const canWrite = useCanWrite();
  const repair = useRepair();
  const wanting = rows.filter(({ adjusted, missing }) => missing > 0 && !adjusted);
  const first = from ?? wanting.map((row) => row.first).sort()[0];
  if (!canWrite || !isFed(interval) || first === undefined || wanting.length === 0) return null;
  const symbols = wanting.map(({ symbol }) => symbol);
  return (
    <Button
      variant="secondary"
      size="sm"
      busy={repair.isPending}
      onClick={() => repair.mutate({ symbols, interval, from: first, to: seoulDate(new Date()) })}
      data-testid="coverage-repair-shown"
    >
      {!repair.isPending && <Wrench aria-hidden />}
      {t('repairShown', { count: symbols.length })}
    </Button>
  );
}

function Backfills() {
  const t = useTranslations('coverage');
  const jobs = useBackfills().data?.items ?? [];
  if (jobs.length === 0) return null;
  return (
    <Card>
      <CardHeader title={t('repairs')} hint={t('repairsHint')} />
      <ul className="divide-y divide-line border-t border-line">
        {jobs.map((job) => (
          <BackfillRow key={job.id} job={job} />
        ))}
      </ul>
    </Card>
  );
}
