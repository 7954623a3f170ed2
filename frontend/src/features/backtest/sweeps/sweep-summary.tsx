import { useTranslations } from 'use-intl';
import { JobStatusBadge } from '@/components/finance/badges';
import { Card, CardBody } from '@/components/ui/card';
import { Progress } from '@/components/ui/progress';
import { FailureReason } from '@/features/backtest/failure-reason';
import type { SweepDetail } from '@/lib/api/types';
import { isUnderWay } from '@/lib/api/run-status';
import { useFormat } from '@/lib/format/use-format';
import { ParameterChips } from './parameter-chips';
import { UseParameters } from './use-parameters';
import { useObjective } from './use-objective';

/** How far the search is, what it found, and how much of that may be luck. */
export function SweepSummary({ sweep }: { sweep: SweepDetail }) {
  const t = useTranslations('sweeps');
  const format = useFormat();
  const objective = useObjective(sweep);
  const { best } = sweep;
  const significance = sweep.best_report?.significance;
  const deflated = significance?.deflated_sharpe_ratio ?? null;
  return (
    <Card data-testid="sweep-summary" data-status={sweep.status}>
      <CardBody className="flex flex-col gap-4 pt-4 sm:pt-5">
        <div className="flex flex-wrap items-center justify-between gap-3" aria-live="polite">
          <span className="flex items-center gap-3">
            <JobStatusBadge status={sweep.status} />
            <span className="tabular text-sm text-ink-soft" data-testid="trials-done">
              {t('trialsDone', { done: sweep.trials_done, all: sweep.trials_total })}
            </span>
          </span>
          <span className="text-sm text-ink-faint">
            {objective.title} · {objective.directionText}
          </span>
        </div>
        {isUnderWay(sweep) && <Progress value={sweep.progress} label={t('progress')} />}
        <FailureReason error={sweep.error} />
        {best && (
          <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
            <div className="flex flex-col gap-2 rounded-lg bg-raised p-4" data-testid="sweep-best">
              <p className="text-sm text-ink-faint">{t('best')}</p>
              <p className="tabular text-2xl font-extrabold">{objective.write(best.objective)}</p>
              <ParameterChips parameters={best.parameters} base={sweep.base} />
              <UseParameters sweep={sweep} parameters={best.parameters} />
            </div>
            <Deflated value={deflated} trials={significance?.trials ?? 0} text={format.percent(deflated, { digits: 1 })} />
          </div>
        )}
      </CardBody>
    </Card>
  );
}

/** Above this the best trial is unlikely to be the luckiest of many worthless ones. */
const TRUSTED = 0.95;

function Deflated({ value, trials, text }: { value: number | null; trials: number; text: string }) {
  const t = useTranslations('sweeps');
  if (value === null) return null;
  return (
    <div className="flex flex-col gap-2 rounded-lg bg-raised p-4" data-testid="deflated-sharpe">
      <p className="text-sm text-ink-faint">{t('deflated')}</p>
      <p className="tabular text-2xl font-extrabold">{text}</p>
      <p className="text-sm text-ink-soft">{t(value >= TRUSTED ? 'deflatedGood' : 'deflatedBad', { trials })}</p>
    </div>
  );
}
