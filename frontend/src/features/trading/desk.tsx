import { useQuery } from '@tanstack/react-query';
import { Radio } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { SymbolLabel } from '@/components/finance/symbol-label';
import { useShownAccount } from '@/components/layout/use-shown-account';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { AccountItem, Instrument } from '@/lib/api/types';
import { Link } from '@/lib/navigation';
import { useQuoteStream } from '@/lib/realtime/provider';
import { ChartPanel } from './chart-panel';
import { OrderBookPanel } from './order-book-panel';
import { OrderTicket } from './order-ticket';
import { QuoteHeader } from './quote-header';

/** Chart, book and ticket of one instrument, or its history alone when it has no live prices. */
export function Desk({ symbol }: { symbol: string }) {
  const instrument = useQuery(queries.symbol(symbol));
  const account = useShownAccount();
  const loading = <Skeleton className="h-[32rem] rounded-xl" />;
  return (
    <QueryView query={instrument} loading={loading}>
      {(known) => {
        if (!account) return loading;
        // The demo exchange trades only issues of its own, and a broker only those of the real market.
        const isTraded = known.is_demo === (account.broker === 'demo');
        // What was typed for one account must not be sent to another.
        return isTraded ? <LiveDesk key={account.id} symbol={symbol} /> : <HistoryDesk instrument={known} broker={account.broker} />;
      }}
    </QueryView>
  );
}

function LiveDesk({ symbol }: { symbol: string }) {
  useQuoteStream([symbol]);
  // A price tapped in the order book goes into the ticket; the count makes a second tap count.
  const [picked, setPicked] = useState({ price: 0, count: 0 });
  const pick = (price: number) => setPicked(({ count }) => ({ price, count: count + 1 }));
  return (
    <div className="grid gap-5 lg:grid-cols-2 min-[87.5rem]:grid-cols-[minmax(0,1fr)_14rem_19rem]">
      <Card className="flex flex-col lg:col-span-2 min-[87.5rem]:col-span-1">
        <QuoteHeader symbol={symbol} />
        <ChartPanel symbol={symbol} initial="1m" />
      </Card>
      <OrderBookPanel symbol={symbol} onPick={pick} />
      <OrderTicket symbol={symbol} picked={picked} />
    </div>
  );
}

function HistoryDesk({ instrument, broker }: { instrument: Instrument; broker: AccountItem['broker'] }) {
  const t = useTranslations('trading');
  return (
    <div className="grid gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <Card className="flex flex-col">
        <div className="border-b border-line px-4 py-4 text-lg sm:px-5">
          <SymbolLabel issue={instrument} linked={false} />
        </div>
        <ChartPanel symbol={instrument.symbol} initial="1d" />
      </Card>
      <Card className="grid place-items-center">
        <EmptyState
          icon={Radio}
          title={t(broker === 'demo' ? 'notLive' : 'notAtBroker')}
          text={t(broker === 'demo' ? 'notLiveHint' : 'notAtBrokerHint')}
          action={
            <Button asChild>
              <Link href="/backtest/">{t('toBacktest')}</Link>
            </Button>
          }
        />
      </Card>
    </div>
  );
}
