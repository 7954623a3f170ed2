import { useTranslations } from 'use-intl';
import type { Metrics } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { MetricTile } from './metric-tile';

/** What an account or a backtest achieved, measured the same way for both. */
export function MetricGrid({ metrics }: { metrics: Metrics }) {
  const t = useTranslations('metrics');
  const format = useFormat();
  const signed = { signed: true };
  const fall = -Math.abs(metrics.max_drawdown ?? 0);
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-4">
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
      <MetricTile
        testId="metric-max-drawdown"
        label={t('maxDrawdown')}
        value={format.percent(fall)}
        change={fall}
      />
      <MetricTile
        testId="metric-sharpe"
        label={t('sharpe')}
        value={format.number(metrics.sharpe_ratio)}
        note={`${t('volatility')} ${format.percent(metrics.volatility)}`}
      />
      <MetricTile
        testId="metric-win-rate"
        label={t('winRate')}
        value={format.percent(metrics.win_rate, { digits: 1 })}
      />
      <MetricTile
        testId="metric-trades"
        label={t('trades')}
        value={format.integer(metrics.trades_count)}
      />
      <MetricTile
        testId="metric-commission"
        label={t('commission')}
        value={format.won(metrics.commission)}
      />
      <MetricTile testId="metric-tax" label={t('tax')} value={format.won(metrics.tax)} />
    </div>
  );
}
