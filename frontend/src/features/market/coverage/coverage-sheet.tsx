import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Trash2, Wrench } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Fact } from '@/components/ui/fact';
import { QueryView } from '@/components/ui/query-view';
import { Sheet } from '@/components/ui/sheet';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { history, type SeriesKey } from '@/lib/api/history';
import { queries } from '@/lib/api/queries';
import type { CoverageDetail } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useCanWrite } from '@/lib/session/store';
import { BackfillRow } from './backfill-row';
import { ratioOf } from './coverage-math';
import { Findings } from './findings';
import { useBackfills } from './use-backfills';
import { isFed, useRepair } from './use-repair';

interface CoverageSheetProps {
  series: SeriesKey;
  onClose: () => void;
}

/** What is wrong with one series, and what can be done about it. */
export function CoverageSheet({ series, onClose }: CoverageSheetProps) {
  const t = useTranslations();
  const issueName = useIssueName();
  const canWrite = useCanWrite();
  const { symbol, interval, adjusted } = series;
  const detail = useQuery(queries.coverageDetail(series));
  const instrument = useQuery(queries.symbol(symbol));
  return (
    <Sheet
      testId="coverage-sheet"
      onClose={onClose}
      title={issueName(instrument.data ?? { symbol })}
      description={[
        symbol,
        t(`parameters.choices.${interval}`),
        t(adjusted ? 'imports.adjusted' : 'imports.unadjusted'),
      ].join(' · ')}
      footer={
        canWrite && (
          <>
            <RemoveSeries series={series} onRemoved={onClose} />
            {detail.data && !adjusted && <RepairButton detail={detail.data} />}
          </>
        )
      }
    >
      <QueryView query={detail} loading={<SkeletonRows rows={8} />}>
        {(known) => (
          <div className="flex flex-col gap-6 px-4 py-4 sm:px-6">
            <Summary detail={known} />
            <LatestRepair series={series} />
            <Findings detail={known} />
          </div>
        )}
      </QueryView>
    </Sheet>
  );
}

function Summary({ detail }: { detail: CoverageDetail }) {
  const t = useTranslations('coverage');
  const format = useFormat();
  return (
    <dl>
      <Fact name={t('period')}>
        {format.date(detail.first)} – {format.date(detail.last)}
      </Fact>
      <Fact name={t('expected')}>{format.integer(detail.expected)}</Fact>
      <Fact name={t('stored')}>{format.integer(detail.stored)}</Fact>
      <Fact name={t('missing')} testId="coverage-missing">
        {format.integer(detail.missing)}
      </Fact>
      <Fact name={t('share')} strong>
        {format.percent(ratioOf(detail), { digits: 1 })}
      </Fact>
    </dl>
  );
}

/** The newest repair of this series, so that pressing the button has a visible effect here. */
function LatestRepair({ series }: { series: SeriesKey }) {
  const jobs = useBackfills().data?.items ?? [];
  const latest = jobs.find(
    (job) => job.interval === series.interval && job.symbols.includes(series.symbol),
  );
  if (!latest) return null;
  return (
    <ul className="rounded-xl border border-line">
      <BackfillRow job={latest} />
    </ul>
  );
}

function RepairButton({ detail }: { detail: CoverageDetail }) {
  const t = useTranslations('coverage');
  const repair = useRepair();
  const { symbol, interval } = detail;
  const fillable = detail.gaps.filter(({ reason }) => reason !== 'absent');
  const [from, to] = [fillable[0]?.from, fillable.at(-1)?.to];
  if (!from || !to || !isFed(interval)) return null;
  return (
    <Button
      busy={repair.isPending}
      onClick={() => repair.mutate({ symbols: [symbol], interval, from, to })}
      data-testid="coverage-repair"
    >
      {!repair.isPending && <Wrench aria-hidden />}
      {t('repair')}
    </Button>
  );
}

function RemoveSeries({ series, onRemoved }: { series: SeriesKey; onRemoved: () => void }) {
  const t = useTranslations('coverage');
  const client = useQueryClient();
  const problemText = useProblemText();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => history.removeBars(series),
    onSuccess: () => {
      toast.success(t('removed', { symbol: series.symbol }));
      onRemoved();
    },
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ['market'] }),
  });
  return (
    <>
      <Button
        variant="danger-outline"
        className="mr-auto"
        onClick={() => setAsking(true)}
        data-testid="series-delete"
      >
        <Trash2 aria-hidden />
        {t('remove')}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('removeTitle')}
        description={t('removeHint')}
        confirm={t('remove')}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}
