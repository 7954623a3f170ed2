import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { MetricTile } from '@/components/finance/metric-tile';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { useFormat } from '@/lib/format/use-format';

export function HoldingsSummary() {
  const t = useTranslations('account');
  const format = useFormat();
  const query = useQuery(queries.balance());
  return (
    <QueryView query={query} loading={<Skeleton className="h-20" />}>
      {(balance) => {
        const cost = balance.stock_value - balance.unrealized_pnl;
        const ratio = cost > 0 ? balance.unrealized_pnl / cost : null;
        return (
          <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
            <MetricTile
              testId="tile-stock-value"
              label={t('stockValue')}
              value={format.won(balance.stock_value)}
            />
            <MetricTile
              testId="tile-unrealized"
              label={t('unrealizedPnl')}
              value={format.won(balance.unrealized_pnl, { signed: true })}
              change={balance.unrealized_pnl}
              note={format.percent(ratio, { signed: true })}
            />
            <MetricTile testId="tile-cash" label={t('cash')} value={format.won(balance.cash_balance)} />
            <MetricTile
              testId="tile-total-assets"
              label={t('totalAssets')}
              value={format.won(balance.total_assets)}
            />
          </div>
        );
      }}
    </QueryView>
  );
}
