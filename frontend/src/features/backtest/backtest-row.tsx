import { useTranslations } from 'use-intl';
import { JobStatusBadge } from '@/components/finance/badges';
import { Change } from '@/components/finance/change';
import { Progress } from '@/components/ui/progress';
import type { Backtest } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { Link } from '@/lib/navigation';
import { isUnderWay } from '@/lib/api/run-status';

const SYMBOLS_SHOWN = 3;

/** One backtest in the list, live while it runs. */
export function BacktestRow({ backtest }: { backtest: Backtest }) {
  const t = useTranslations('backtest');
  const format = useFormat();
  const more = backtest.symbols.length - SYMBOLS_SHOWN;
  return (
    <li data-testid="backtest-row" data-backtest-id={backtest.id} data-status={backtest.status}>
      <Link
        href={`/backtest/result/?id=${backtest.id}`}
        prefetch={false}
        className="flex flex-col gap-2 px-4 py-3 hover:bg-raised sm:px-5"
      >
        <span className="flex items-start justify-between gap-3">
          <span className="min-w-0">
            <span className="block truncate font-semibold">{backtest.name}</span>
            <span className="tabular block text-sm text-ink-faint">
              {backtest.symbols.slice(0, SYMBOLS_SHOWN).join(', ')}
              {more > 0 && ` ${t('moreSymbols', { count: more })}`}
              {' · '}
              {format.date(backtest.start_date)} – {format.date(backtest.end_date)}
            </span>
          </span>
          <span className="flex shrink-0 flex-col items-end gap-1">
            <JobStatusBadge status={backtest.status} />
            {backtest.total_return !== null && backtest.total_return !== undefined && (
              <Change
                value={backtest.total_return}
                text={format.percent(backtest.total_return, { signed: true })}
              />
            )}
          </span>
        </span>
        {isUnderWay(backtest) && (
          <span className="flex items-center gap-3">
            <Progress value={backtest.progress} label={t('progress')} />
            <span className="tabular w-10 text-right text-xs text-ink-faint">
              {format.percent(backtest.progress, { digits: 0 })}
            </span>
          </span>
        )}
      </Link>
    </li>
  );
}
