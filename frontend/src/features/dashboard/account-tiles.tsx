import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { MetricTile } from '@/components/finance/metric-tile';
import { Card } from '@/components/ui/card';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { Balance } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

const GRID = 'grid grid-cols-2 gap-3 lg:grid-cols-5';

export function AccountTiles() {
  const query = useQuery(queries.balance());
  return (
    <QueryView query={query} loading={<LoadingTiles />}>
      {(balance) => <Tiles balance={balance} />}
    </QueryView>
  );
}

function LoadingTiles() {
  return (
    <div className={GRID}>
      {Array.from({ length: 5 }, (_, index) => (
        <Card key={index} className="p-4 first:col-span-2 lg:first:col-span-1">
          <Skeleton className="h-4 w-20" />
          <Skeleton className="mt-2 h-7 w-32" />
        </Card>
      ))}
    </div>
  );
}

function Tiles({ balance }: { balance: Balance }) {
  const t = useTranslations('account');
  const format = useFormat();
  const gain = balance.total_assets - balance.initial_cash;
  const ratio = balance.initial_cash === 0 ? null : gain / balance.initial_cash;
  const signed = { signed: true };
  return (
    <div className={GRID}>
      <div className="max-lg:col-span-2">
        <MetricTile
          testId="tile-total-assets"
          label={t('totalAssets')}
          value={format.won(balance.total_assets)}
          note={`${format.won(gain, signed)} (${format.percent(ratio, signed)})`}
        />
      </div>
      <MetricTile
        testId="tile-stock-value"
        label={t('stockValue')}
        value={format.won(balance.stock_value)}
      />
      <MetricTile
        testId="tile-buying-power"
        label={t('buyingPower')}
        value={format.won(balance.buying_power)}
        note={t('reserved', { amount: format.won(balance.reserved_cash) })}
      />
      <MetricTile
        testId="tile-unrealized"
        label={t('unrealizedPnl')}
        value={format.won(balance.unrealized_pnl, signed)}
        change={balance.unrealized_pnl}
      />
      <MetricTile
        testId="tile-realized"
        label={t('realizedPnl')}
        value={format.won(balance.realized_pnl, signed)}
        change={balance.realized_pnl}
      />
    </div>
  );
}
