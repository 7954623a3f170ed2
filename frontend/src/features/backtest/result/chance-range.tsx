import { useTranslations } from 'use-intl';
import type { Check } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

interface ChanceRangeProps {
  check: Check;
  capital: number;
  final: number | null;
}

/** Where nine in ten of the shuffled runs ended, drawn from the capital they all began with. */
export function ChanceRange({ check, capital, final }: ChanceRangeProps) {
  const t = useTranslations('robustness');
  const format = useFormat();
  const { final_equity_5: low, final_equity_50: middle, final_equity_95: high } = check.values;
  if (low === undefined || middle === undefined || high === undefined) return null;
  const ends = [low, middle, high, capital, ...(final === null ? [] : [final])];
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const room = (most - least || 1) * 0.08;
  const y = (value: number) => 100 - ((value - least + room) / (most - least + 2 * room)) * 100;
  const edge = (value: number) => `0,${y(capital)} 100,${y(value)}`;
  return (
    <figure className="mt-1 flex flex-col gap-2" data-testid="chance-fan">
      <div className="flex gap-2">
        <svg
          role="img"
          aria-label={t('fanLabel', { low: format.wonShort(low), middle: format.wonShort(middle), high: format.wonShort(high) })}
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
          className="h-32 min-w-0 flex-1 rounded-md bg-raised"
        >
          <polygon points={`${edge(low)} 100,${y(high)}`} className="fill-accent/20" />
          <polyline points={edge(high)} className="fill-none stroke-accent/50" vectorEffect="non-scaling-stroke" />
          <polyline points={edge(low)} className="fill-none stroke-accent/50" vectorEffect="non-scaling-stroke" />
          <polyline points={edge(middle)} className="fill-none stroke-accent" strokeWidth="2" vectorEffect="non-scaling-stroke" />
          {final !== null && (
            <line x1="0" x2="100" y1={y(final)} y2={y(final)} className="stroke-ink-soft" strokeDasharray="4 3" vectorEffect="non-scaling-stroke" />
          )}
        </svg>
        <dl className="tabular flex w-28 shrink-0 flex-col justify-between py-1 text-xs text-ink-faint">
          {([['high', high], ['middle', middle], ['low', low]] as const).map(([name, value]) => (
            <div key={name}>
              <dt>{t(`fan.${name}`)}</dt>
              <dd className="font-semibold text-ink">{format.wonShort(value)}</dd>
            </div>
          ))}
        </dl>
      </div>
      <figcaption className="text-xs text-ink-faint">{t('fanCaption')}</figcaption>
    </figure>
  );
}
