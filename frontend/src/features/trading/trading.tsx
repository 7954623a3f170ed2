import { useQuery } from '@tanstack/react-query';
import { CandlestickChart } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { SymbolSearch } from '@/components/finance/symbol-search';
import { Page } from '@/components/layout/page';
import { useShownAccount } from '@/components/layout/use-shown-account';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { useUrlState } from '@/lib/navigation';
import { Desk } from './desk';
import { OpenOrders } from './open-orders';

/** The instrument is in the address; without one the first that can be traded is shown. */
export function Trading() {
  const t = useTranslations('trading');
  const url = useUrlState();
  const asked = url.get('symbol');
  const account = useShownAccount();
  const first = useQuery({
    ...queries.symbols({
      source: account?.broker === 'demo' ? 'demo' : 'imported',
      page: 1,
      page_size: 1,
    }),
    enabled: asked === undefined && account !== undefined,
  });
  const symbol = asked ?? first.data?.items[0]?.symbol;
  const search = (
    <SymbolSearch
      className="w-full sm:w-72"
      onPick={(instrument) => url.update({ symbol: instrument.symbol })}
    />
  );
  return (
    <Page title={t('title')} actions={search}>
      {symbol ? (
        <Desk key={symbol} symbol={symbol} />
      ) : (
        <QueryView query={first} loading={<Skeleton className="h-96 rounded-xl" />}>
          {() => (
            <Card>
              <EmptyState icon={CandlestickChart} title={t('noSymbols')} text={t(account?.broker === 'kis' ? 'noSymbolsAtBroker' : 'noSymbolsHint')} />
            </Card>
          )}
        </QueryView>
      )}
      <OpenOrders />
    </Page>
  );
}
