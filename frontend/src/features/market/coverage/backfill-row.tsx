import { useTranslations } from 'use-intl';
import { JobStatusBadge } from '@/components/finance/badges';
import { RunningJob } from '@/components/finance/running-job';
import { history } from '@/lib/api/history';
import { isUnderWay } from '@/lib/api/run-status';
import type { Backfill } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

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
      {!ended && (
        <RunningJob
          progress={job.progress}
          label={t('progress')}
          cancelText={t('cancel')}
          cancel={() => history.cancelBackfill(job.id)}
          listKey="backfills"
          testId="backfill-cancel"
        />
      )}
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
