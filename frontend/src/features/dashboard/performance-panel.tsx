import { useQuery } from '@tanstack/react-query';
import { LineChart } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { PerformanceChart } from '@/components/charts/lazy';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { seoulDate } from '@/lib/format/format';
import { useFormat } from '@/lib/format/use-format';
import { useUrlState } from '@/lib/navigation';

const RANGES = { '1m': { days: -30 }, '3m': { days: -91 }, '1y': { years: -1 }, all: null } as const;
type Range = keyof typeof RANGES;

const isRange = (value: string | undefined): value is Range => value !== undefined && value in RANGES;

export function PerformancePanel() {
  const t = useTranslations();
  const format = useFormat();
  const url = useUrlState();
  const chosen = url.get('range');
  const range: Range = isRange(chosen) ? chosen : 'all';
  const shift = RANGES[range];
  const [now] = useState(() => new Date());
  const query = useQuery(
    queries.performance(shift ? { from: seoulDate(now, shift) } : {}),
  );
  return (
    <Card>
      <CardHeader
        title={t('dashboard.performance')}
        action={
          <Segmented
            label={t('dashboard.range')}
            value={range}
            onChange={(next: Range) => url.update({ range: next === 'all' ? undefined : next })}
            options={(Object.keys(RANGES) as Range[]).map((value) => ({
              value,
              label: t(`ranges.${value}`),
            }))}
          />
        }
      />
      <CardBody>
        <QueryView query={query} loading={<Skeleton className="h-72" />}>
          {(performance) =>
            performance.equity.length < 2 ? (
              <EmptyState
                icon={LineChart}
                title={t('dashboard.noPerformance')}
                text={t('dashboard.noPerformanceHint')}
              />
            ) : (
              <div className="h-72" data-testid="performance-chart">
                <PerformanceChart
                  points={performance.equity}
                  label={t('dashboard.performanceLabel', {
                    value: format.percent(performance.total_return, { signed: true }),
                  })}
                />
              </div>
            )
          }
        </QueryView>
      </CardBody>
    </Card>
  );
}
