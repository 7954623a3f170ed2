import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { PerformanceChart } from '@/components/charts/lazy';
import { MetricGrid } from '@/components/finance/metric-grid';
import { Page } from '@/components/layout/page';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { BacktestDetail } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useIdParam } from '@/lib/navigation';
import { BacktestActions } from './backtest-actions';
import { BacktestFacts } from './backtest-facts';
import { BacktestOutcome } from './backtest-outcome';
import { BacktestTrades } from './backtest-trades';

export function BacktestResult() {
  const t = useTranslations('backtest');
  const id = useIdParam();
  if (id === null) {
    return (
      <Page title={t('resultTitle')}>
        <p role="alert">{t('missing')}</p>
      </Page>
    );
  }
  return <LoadedResult id={id} />;
}

function LoadedResult({ id }: { id: number }) {
  const t = useTranslations('backtest');
  const format = useFormat();
  const query = useQuery(queries.backtest(id));
  const backtest = query.data;
  return (
    <Page
      title={backtest?.name ?? t('resultTitle')}
      description={
        backtest &&
        `${format.date(backtest.start_date)} – ${format.date(backtest.end_date)} · ${format.won(backtest.initial_capital)}`
      }
      actions={backtest && <BacktestActions backtest={backtest} />}
    >
      <QueryView query={query} loading={<LoadingResult />}>
        {(loaded) => <Result backtest={loaded} />}
      </QueryView>
    </Page>
  );
}

function Result({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('backtest');
  const format = useFormat();
  return (
    <>
      <BacktestOutcome backtest={backtest} />
      {backtest.metrics && <MetricGrid metrics={backtest.metrics} />}
      {backtest.equity.length > 1 && (
        <Card>
          <CardHeader title={t('equityAndDrawdown')} />
          <CardBody>
            <div className="h-96" data-testid="equity-chart">
              <PerformanceChart
                drawdown
                points={backtest.equity}
                label={t('equityLabel', {
                  value: format.percent(backtest.total_return, { signed: true }),
                  drawdown: format.percent(backtest.max_drawdown),
                })}
              />
            </div>
          </CardBody>
        </Card>
      )}
      {backtest.status === 'done' && <BacktestTrades id={backtest.id} />}
      <BacktestFacts backtest={backtest} />
    </>
  );
}

function LoadingResult() {
  return (
    <div className="flex flex-col gap-5">
      <div className="grid grid-cols-2 gap-3 md:grid-cols-4">
        {Array.from({ length: 8 }, (_, index) => (
          <Skeleton key={index} className="h-20 rounded-xl" />
        ))}
      </div>
      <Skeleton className="h-96 rounded-xl" />
    </div>
  );
}
