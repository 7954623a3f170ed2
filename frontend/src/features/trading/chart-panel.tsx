import { useQuery } from '@tanstack/react-query';
import { CandlestickChart } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { CandleChart } from '@/components/charts/lazy';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { Interval } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';

interface ChartPanelProps {
  symbol: string;
  /** What there is to choose from; the first is shown unless the address names another. */
  intervals: [Interval, ...Interval[]];
}

export function ChartPanel({ symbol, intervals }: ChartPanelProps) {
  const t = useTranslations('trading');
  const url = useUrlState();
  const interval = intervals.find((value) => value === url.get('interval')) ?? intervals[0];
  const query = useQuery(queries.candles(symbol, interval));
  return (
    <div className="flex flex-1 flex-col p-4 sm:px-5">
      <Segmented
        className="mb-3 self-start"
        label={t('interval')}
        value={interval}
        onChange={(next: Interval) => url.update({ interval: next })}
        options={intervals.map((value) => ({
          value,
          label: t(`intervals.${value}`),
          testId: `interval-${value}`,
        }))}
      />
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
