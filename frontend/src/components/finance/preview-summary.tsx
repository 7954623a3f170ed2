import { useTranslations } from 'use-intl';
import type { Preview } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { changeTone } from './change';

/** The figures of a preview beside what holding the issue would have brought. */
export function PreviewSummary({ picture: { summary }, isOld }: { picture: Preview; isOld: boolean }) {
  const t = useTranslations('preview.figures');
  const format = useFormat();
  if (!summary) return null;
  const figures: { key: Parameters<typeof t>[0]; text: string; value?: number | null }[] = [
    { key: 'totalReturn', text: format.percent(summary.total_return, { signed: true }), value: summary.total_return },
    { key: 'buyAndHold', text: format.percent(summary.buy_and_hold_return, { signed: true }), value: summary.buy_and_hold_return },
    { key: 'maxDrawdown', text: format.percent(-Math.abs(summary.max_drawdown)) },
    { key: 'trades', text: format.integer(summary.trades) },
    { key: 'winRate', text: format.percent(summary.win_rate, { digits: 0 }) },
    { key: 'exposure', text: format.percent(summary.exposure, { digits: 0 }) },
  ];
  return (
    <div className={cn('border-y border-line', isOld && 'opacity-55')}>
      <dl className="grid grid-cols-3 sm:grid-cols-6" data-testid="preview-summary">
        {figures.map(({ key, text, value }) => (
          <div key={key} className="min-w-0 px-3 py-2 sm:first:pl-5">
            <dt className="truncate text-xs text-ink-faint">{t(key)}</dt>
            <dd className={cn('tabular text-sm font-bold', value === undefined ? 'text-ink' : changeTone(value))} data-testid={`preview-${key}`}>
              {text}
            </dd>
          </div>
        ))}
      </dl>
      {summary.exposure !== null && (
        <p className="px-3 pb-2 text-xs text-ink-faint sm:px-5">{t('basis', { exposure: format.percent(summary.exposure, { digits: 0 }) })}</p>
      )}
    </div>
  );
}
