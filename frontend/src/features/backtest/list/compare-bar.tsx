import { GitCompareArrows } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { compareHref, MOST_COMPARED } from '@/lib/compare-ids';
import { Link } from '@/lib/navigation';

interface CompareBarProps {
  ids: number[];
  onClear: () => void;
}

/** What is chosen in the list, and the way to see it side by side. */
export function CompareBar({ ids, onClear }: CompareBarProps) {
  const t = useTranslations('compare');
  if (ids.length === 0) return null;
  return (
    <div
      role="status"
      className="sticky bottom-3 z-10 mx-3 mb-3 flex flex-wrap items-center justify-between gap-3 rounded-xl border border-line bg-surface px-4 py-2.5 shadow-pop"
    >
      <span className="text-sm font-semibold">{t('chosen', { count: ids.length, most: MOST_COMPARED })}</span>
      <span className="flex gap-2">
        <Button variant="ghost" size="sm" onClick={onClear}>
          {t('clear')}
        </Button>
        {ids.length > 1 ? (
          <Button asChild size="sm">
            <Link href={compareHref(ids)} data-testid="compare-open">
              <GitCompareArrows aria-hidden />
              {t('open')}
            </Link>
          </Button>
        ) : (
          <Button size="sm" disabled>
            {t('oneMore')}
          </Button>
        )}
      </span>
    </div>
  );
}
