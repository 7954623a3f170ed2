import { useTranslations } from 'use-intl';
import { MetricTile } from '@/components/finance/metric-tile';
import type { BacktestDetail, Metrics } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

/** What came out, in a few figures. */
export function Headline({ backtest, metrics }: { backtest: BacktestDetail; metrics: Metrics }) {
  const t = useTranslations('run');
  const format = useFormat();
  const signed = { signed: true };
  const fall = -Math.abs(metrics.max_drawdown);
  const { report } = backtest;
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
      <MetricTile
        testId="metric-total-return"
        label={t('totalReturn')}
        value={format.percent(metrics.total_return, signed)}
        change={metrics.total_return}
        note={`${format.won(metrics.initial_capital)} → ${format.won(metrics.final_capital)}`}
      />
      <MetricTile
        testId="metric-annual-return"
        label={t('annualReturn')}
        value={format.percent(metrics.annual_return, signed)}
        change={metrics.annual_return}
      />
      {report?.benchmark ? (
        <MetricTile
          testId="metric-excess-return"
          label={t('excessReturn', { name: report.benchmark_name ?? '' })}
          value={format.percent(report.benchmark.excess_return, signed)}
          change={report.benchmark.excess_return}
          note={t('benchmarkReturned', { value: format.percent(report.benchmark.total_return, signed) })}
        />
      ) : (
        <MetricTile
          testId="metric-exposure"
          label={t('exposure')}
          value={format.percent(report?.activity.exposure, { digits: 1 })}
          note={t('exposureNote')}
        />
      )}
      <MetricTile
        testId="metric-max-drawdown"
        label={t('maxDrawdown')}
        value={format.percent(fall)}
        change={fall}
        note={report?.drawdowns[0] && `${format.date(report.drawdowns[0].start)} – ${format.date(report.drawdowns[0].end)}`}
      />
      <MetricTile
        testId="metric-sharpe"
        label={t('sharpe')}
        value={format.number(metrics.sharpe_ratio)}
        note={`${t('volatility')} ${format.percent(metrics.volatility)}`}
      />
      {report && (
        <MetricTile
          testId="metric-trip-win-rate"
          label={t('tripWinRate')}
          value={format.percent(report.trips.win_rate, { digits: 1 })}
          note={t('tripsClosed', { count: report.trips.closed })}
        />
      )}
      <MetricTile
        testId="metric-win-rate"
        label={t('sellWinRate')}
        value={format.percent(metrics.win_rate, { digits: 1 })}
        note={t('sellWinRateNote')}
      />
      <MetricTile testId="metric-trades" label={t('fillCount')} value={format.integer(metrics.trades_count)} />
      <MetricTile testId="metric-commission" label={t('commission')} value={format.won(metrics.commission)} />
      <MetricTile testId="metric-tax" label={t('tax')} value={format.won(metrics.tax)} />
    </div>
  );
}
