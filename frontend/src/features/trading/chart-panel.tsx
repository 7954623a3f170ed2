import { useQuery } from '@tanstack/react-query';
import { CandlestickChart } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { CandleChart } from '@/components/charts/lazy';
import { INTERVALS, IntervalChoice } from '@/components/finance/interval-choice';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { Candles, Interval, Prices } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';

interface ChartPanelProps {
  symbol: string;
  /** Shown unless the address names another. */
  initial: Interval;
}

const PRICES: Prices[] = ['raw', 'adjusted'];

export function ChartPanel({ symbol, initial }: ChartPanelProps) {
  const t = useTranslations('trading');
  const { get, update } = useUrlState();
  const interval = INTERVALS.find((value) => value === get('interval')) ?? initial;
  const wanted = PRICES.find((value) => value === get('prices'));
  const query = useQuery(queries.candles({ symbol, interval, prices: wanted }));
  const answered = query.data && (query.data.price_basis === 'raw' ? 'raw' : 'adjusted');
  return (
    <div className="flex flex-1 flex-col p-4 sm:px-5">
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <IntervalChoice
          value={interval}
          onChange={(next) => update({ interval: next })}
          testId="interval"
        />
        <Segmented
          label={t('prices')}
          value={wanted ?? answered}
          onChange={(next) => update({ prices: next })}
          options={PRICES.map((value) => ({
            value,
            label: t(`priceKinds.${value}`),
            testId: `prices-${value}`,
          }))}
        />
        {query.data && <Basis candles={query.data} />}
      </div>
      <div className="relative h-80 sm:h-[26rem] min-[87.5rem]:h-auto min-[87.5rem]:min-h-[26rem] min-[87.5rem]:flex-1">
        <QueryView query={query} loading={<Skeleton className="h-80 sm:h-[26rem]" />}>
          {(candles) =>
            candles.bars.length === 0 ? (
              <EmptyState icon={CandlestickChart} title={t('noBars')} text={t('noBarsHint')} />
            ) : (
              <CandleChart
                bars={candles.bars}
                interval={interval}
                label={t('chartLabel', { symbol, interval: t(`intervals.${interval}`) })}
              />
            )
          }
        </QueryView>
      </div>
    </div>
  );
}

/** Where the prices come from. */
function Basis({ candles }: { candles: Candles }) {
  const t = useTranslations('trading');
  return (
    <span
      className="text-xs text-ink-faint"
      data-testid="price-basis"
      data-basis={candles.price_basis}
    >
      {t(`priceBasis.${candles.price_basis}`)}
      {candles.made_of && ` · ${t('madeOf', { interval: t(`intervals.${candles.made_of}`) })}`}
    </span>
  );
}
