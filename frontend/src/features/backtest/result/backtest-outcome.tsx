import { useTranslations } from 'use-intl';
import { JobStatusBadge } from '@/components/finance/badges';
import { Card, CardBody } from '@/components/ui/card';
import { Progress } from '@/components/ui/progress';
import type { BacktestDetail } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { isUnderWay } from '@/lib/api/run-status';
import { FailureReason } from '@/features/backtest/failure-reason';

/** How far the run is, or why it ended without a result. A finished run needs no words here. */
export function BacktestOutcome({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('backtest');
  const format = useFormat();
  if (backtest.status === 'done') return null;
  return (
    <Card data-testid="backtest-outcome" data-status={backtest.status}>
      <CardBody className="flex flex-col gap-3 pt-4 sm:pt-5">
        <div className="flex items-center justify-between gap-3" aria-live="polite">
          <JobStatusBadge status={backtest.status} />
          {isUnderWay(backtest) && (
            <span className="tabular text-sm font-semibold">
              {format.percent(backtest.progress, { digits: 0 })}
            </span>
          )}
        </div>
        {isUnderWay(backtest) ? (
          <Progress value={backtest.progress} label={t('progress')} />
        ) : (
          <>
            <p className="text-sm text-ink-soft">{t(backtest.status === 'cancelled' ? 'cancelled' : 'failed')}</p>
            <FailureReason error={backtest.error} />
          </>
        )}
      </CardBody>
    </Card>
  );
}
