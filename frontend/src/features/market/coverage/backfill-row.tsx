import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { JobStatusBadge } from '@/components/finance/badges';
import { Button } from '@/components/ui/button';
import { Progress } from '@/components/ui/progress';
import { toast } from '@/components/ui/toast';
import { history } from '@/lib/api/history';
import { isUnderWay } from '@/lib/api/run-status';
import type { Backfill } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useCanWrite } from '@/lib/session/store';

const SYMBOLS_SHOWN = 3;

/** One repair: what was asked for, how far it is, what came and what nobody could deliver. */
export function BackfillRow({ job }: { job: Backfill }) {
  const t = useTranslations('coverage');
  const intervals = useTranslations('parameters.choices');
  const format = useFormat();
  const few = job.symbols.slice(0, SYMBOLS_SHOWN).join(', ');
  const more = job.symbols.length - SYMBOLS_SHOWN;
  const ended = !isUnderWay(job);
  return (
    <li
      data-testid="backfill-row"
      data-status={job.status}
      data-backfill-id={job.id}
      className="flex flex-col gap-2 px-4 py-3 sm:px-5"
    >
      <div className="flex items-start justify-between gap-3">
        <div className="tabular min-w-0">
          <p className="font-semibold">
            {few}
            {more > 0 && ` ${t('moreSymbols', { count: more })}`}
          </p>
          <p className="text-sm text-ink-faint">
            {intervals(job.interval)} · {format.date(job.from)} – {format.date(job.to)}
          </p>
        </div>
        <JobStatusBadge status={job.status} />
      </div>
      {!ended && <RunningBackfill job={job} />}
      {job.status === 'done' && (
        <p className="tabular text-sm text-ink-soft">{t('barsAdded', { count: job.bars_added })}</p>
      )}
      {job.error && <p className="text-sm text-danger">{job.error}</p>}
      {job.unavailable.length > 0 && (
        <p className="text-sm text-warn" data-testid="backfill-unavailable">
          {t('unavailable', { symbols: job.unavailable.join(', ') })}
        </p>
      )}
    </li>
  );
}

function RunningBackfill({ job }: { job: Backfill }) {
  const t = useTranslations('coverage');
  const client = useQueryClient();
  const problemText = useProblemText();
  const canWrite = useCanWrite();
  const cancel = useMutation({
    mutationFn: () => history.cancelBackfill(job.id),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ['backfills'] }),
  });
  return (
    <div className="flex items-center gap-3">
      <Progress value={job.progress} label={t('progress')} />
      {canWrite && (
        <Button
          variant="secondary"
          size="sm"
          busy={cancel.isPending}
          onClick={() => cancel.mutate()}
          data-testid="backfill-cancel"
        >
          {t('cancel')}
        </Button>
      )}
    </div>
  );
}
