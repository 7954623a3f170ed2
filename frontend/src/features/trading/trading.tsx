import { useQuery } from '@tanstack/react-query';
import { CandlestickChart } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { SymbolSearch } from '@/components/finance/symbol-search';
import { Page } from '@/components/layout/page';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { useUrlState } from '@/lib/navigation';
import { useQuoteStream } from '@/lib/realtime/provider';
import { ChartPanel } from './chart-panel';
import { OpenOrders } from './open-orders';
import { OrderBookPanel } from './order-book-panel';
import { OrderTicket } from './order-ticket';
import { QuoteHeader } from './quote-header';

/** The instrument is in the address; without one the first of the list is shown. */
export function Trading() {
  const t = useTranslations('trading');
  const url = useUrlState();
  const asked = url.get('symbol');
  const first = useQuery({
    ...queries.symbols({ page: 1, page_size: 1 }),
    enabled: asked === undefined,
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
              <EmptyState icon={CandlestickChart} title={t('noSymbols')} text={t('noSymbolsHint')} />
            </Card>
          )}
        </QueryView>
      )}
      <OpenOrders />
    </Page>
  );
}

function Desk({ symbol }: { symbol: string }) {
  useQuoteStream([symbol]);
  // A price tapped in the order book goes into the ticket; the count makes a second tap count.
  const [picked, setPicked] = useState({ price: 0, count: 0 });
  const pick = (price: number) => setPicked(({ count }) => ({ price, count: count + 1 }));
  return (
    <div className="grid gap-5 lg:grid-cols-2 min-[87.5rem]:grid-cols-[minmax(0,1fr)_14rem_19rem]">
      <Card className="flex flex-col lg:col-span-2 min-[87.5rem]:col-span-1">
        <QuoteHeader symbol={symbol} />
        <ChartPanel symbol={symbol} />
      </Card>
      <OrderBookPanel symbol={symbol} onPick={pick} />
      <OrderTicket symbol={symbol} picked={picked} />
    </div>
  );
}
