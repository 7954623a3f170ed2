import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Segmented } from '@/components/ui/segmented';
import type { BacktestDetail, RoundTrip } from '@/lib/api/types';
import { queries } from '@/lib/api/queries';
import { useUrlState } from '@/lib/navigation';
import { Fills } from './fills';
import { RoundTrips } from './round-trips';
import { TradeChart } from './trade-chart';

const VIEWS = ['trips', 'fills'] as const;

/** What was bought and sold, on the candles and in tables. */
export default function Trades({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('run');
  const url = useUrlState();
  const view = VIEWS.find((value) => value === url.get('view')) ?? 'trips';
  const [shown, setShown] = useState<RoundTrip | null>(null);
  const first = useQuery(queries.roundTrips(backtest.id, { page: 1, page_size: 1 })).data?.items[0];
  const symbol = url.get('symbol') ?? first?.symbol ?? backtest.symbols[0];
  const show = (trip: RoundTrip) => {
    setShown(trip);
    url.update({ symbol: trip.symbol, page: url.page });
    document.getElementById('trade-chart')?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  };
  return (
    <>
      {symbol && (
        <TradeChart
          backtest={backtest}
          symbol={symbol}
          trip={shown?.symbol === symbol ? shown : null}
          onSymbol={(next) => {
            setShown(null);
            url.update({ symbol: next });
          }}
        />
      )}
      <Segmented
        className="self-start"
        label={t('tradeView')}
        value={view}
        onChange={(next) => url.update({ view: next, sort: undefined })}
        options={VIEWS.map((value) => ({ value, label: t(`tradeViews.${value}`), testId: `trades-${value}` }))}
      />
      {view === 'trips' ? (
        <RoundTrips id={backtest.id} shown={shown} onShow={show} />
      ) : (
        <Fills id={backtest.id} />
      )}
    </>
  );
}
