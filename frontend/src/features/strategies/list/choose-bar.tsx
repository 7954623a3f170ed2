import { GitCompareArrows } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { compareHref, MOST_COMPARED } from '@/lib/compare-ids';
import { Link } from '@/lib/navigation';

interface ChooseBarProps {
  /** The last backtests of the chosen strategies. */
  backtests: number[];
  onClear: () => void;
}

/** What is chosen for comparison, and the way to see it side by side. */
export function ChooseBar({ backtests, onClear }: ChooseBarProps) {
  const t = useTranslations('strategies');
  if (backtests.length === 0) return null;
  return (
    <div
      role="status"
      className="sticky bottom-20 z-10 flex flex-wrap items-center justify-between gap-3 rounded-xl border border-line bg-surface px-4 py-2.5 shadow-pop lg:bottom-3"
      data-testid="strategy-compare-bar"
    >
      <span className="text-sm font-semibold">{t('compareChosen', { count: backtests.length, most: MOST_COMPARED })}</span>
      <span className="flex gap-2">
        <Button variant="ghost" size="sm" onClick={onClear}>
          {t('compareClear')}
        </Button>
        {backtests.length > 1 ? (
          <Button asChild size="sm">
            <Link href={compareHref(backtests)} data-testid="strategy-compare-open">
              <GitCompareArrows aria-hidden />
              {t('compareOpen')}
            </Link>
          </Button>
        ) : (
          <Button size="sm" disabled>
            {t('compareOneMore')}
          </Button>
        )}
      </span>
    </div>
  );
}
