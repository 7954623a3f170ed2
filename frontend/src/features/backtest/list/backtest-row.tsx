import { useTranslations } from 'use-intl';
import { JobStatusBadge } from '@/components/finance/badges';
import { Change } from '@/components/finance/change';
import { VersionBadge } from '@/components/finance/version-badge';
import { Progress } from '@/components/ui/progress';
import { isUnderWay } from '@/lib/api/run-status';
import { useScopeText } from '@/features/backtest/use-terms-text';
import type { Backtest } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { Link } from '@/lib/navigation';

const SYMBOLS_SHOWN = 3;

interface BacktestRowProps {
  backtest: Backtest;
  chosen: boolean;
  /** Five are chosen already, and this is none of them. */
  full: boolean;
  onChoose: () => void;
}

/** One backtest in the list, live while it runs. A finished one can be chosen for comparing. */
export function BacktestRow({ backtest, chosen, full, onChoose }: BacktestRowProps) {
  const t = useTranslations('backtest');
  const compare = useTranslations('compare');
  const format = useFormat();
  const scopeText = useScopeText();
  return (
    <li
      data-testid="backtest-row"
      data-backtest-id={backtest.id}
      data-status={backtest.status}
      className="flex items-stretch hover:bg-raised"
    >
      <label className="grid w-12 shrink-0 place-items-center" title={full ? compare('full') : undefined}>
        <input
          type="checkbox"
          checked={chosen}
          disabled={backtest.status !== 'done' || full}
          onChange={onChoose}
          aria-label={compare('select', { name: backtest.name })}
          className="size-4.5 accent-accent disabled:opacity-30"
          data-testid="backtest-choose"
        />
      </label>
      <Link
        href={`/backtest/result/?id=${backtest.id}`}
        prefetch={false}
        className="flex min-w-0 flex-1 flex-col gap-2 py-3 pr-4 sm:pr-5"
      >
        <span className="flex items-start justify-between gap-3">
          <span className="min-w-0">
            <span className="flex min-w-0 items-center gap-1.5 font-semibold">
              <span className="truncate">{backtest.name}</span>
              {backtest.strategy_version !== null && <VersionBadge number={backtest.strategy_version} />}
            </span>
            <span className="tabular block text-sm text-ink-faint">
              {scopeText(backtest, SYMBOLS_SHOWN)}
              {' · '}
              {format.date(backtest.start_date)} – {format.date(backtest.end_date)}
            </span>
          </span>
          <span className="flex shrink-0 flex-col items-end gap-1">
            <JobStatusBadge status={backtest.status} />
            {backtest.total_return !== null && (
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
