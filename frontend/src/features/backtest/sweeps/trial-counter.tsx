import { useTranslations } from 'use-intl';
import { cn } from '@/lib/cn';
import { MOST_TRIALS } from './axes';
import type { SweepValues, TrialCount } from './sweep-values';

interface TrialCounterProps {
  count: TrialCount;
  values: SweepValues;
  folds: number;
}

/** How many runs it comes to, and why that is too many or none. */
export function TrialCounter({ count, values, folds }: TrialCounterProps) {
  const t = useTranslations('sweeps');
  const { combinations, exact, trials, allowed } = count;
  const text = allowed
    ? t(values.walksForward ? 'countWithFolds' : 'count', { combinations, trials, folds: folds + 1 })
    : trials < 1
      ? t('countNone')
      : t('countTooMany', { trials, most: MOST_TRIALS });
  return (
    <p
      role="status"
      data-testid="trial-count"
      data-count={trials}
      data-allowed={allowed}
      className={cn(
        'tabular rounded-lg px-3 py-2 text-sm font-medium',
        allowed ? 'bg-raised text-ink-soft' : 'bg-danger-soft text-danger',
      )}
    >
      {text} {!exact && t('countBeforeConstraints')}
    </p>
  );
}
