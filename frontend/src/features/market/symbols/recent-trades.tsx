import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Change } from '@/components/finance/change';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { isTraded } from '@/lib/api/market';
import { queries } from '@/lib/api/queries';
import type { Instrument } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useBrokerAccount } from './use-broker-account';

interface RecentTradesProps {
  instrument: Pick<Instrument, 'symbol' | 'kind' | 'is_demo'>;
}

/** The last trades of a listed issue, while the account on screen is one at the broker. */
export function RecentTrades({ instrument }: RecentTradesProps) {
  const account = useBrokerAccount();
  if (!account || instrument.is_demo || !isTraded(instrument)) return null;
  return <Trades symbol={instrument.symbol} />;
}

function Trades({ symbol }: { symbol: string }) {
  const t = useTranslations('market.recentTrades');
  const format = useFormat();
  const query = useQuery(queries.recentTrades(symbol));
  return (
    <section data-testid="recent-trades">
      <h3 className="mb-2 text-sm font-bold">{t('title')}</h3>
      <QueryView query={query} loading={<SkeletonRows rows={5} />}>
        {(trades) =>
          trades.length === 0 ? (
            <p className="text-sm text-ink-faint">{t('empty')}</p>
          ) : (
            <table className="tabular w-full text-right text-sm">
              <thead className="text-xs text-ink-faint">
                <tr>
                  <th className="py-1 text-left font-normal">{t('time')}</th>
                  <th className="font-normal">{t('price')}</th>
                  <th className="font-normal">{t('change')}</th>
                  <th className="font-normal">{t('quantity')}</th>
                </tr>
              </thead>
              <tbody>
                {trades.map((trade, place) => (
                  <tr key={place} className="border-t border-line">
                    <td className="py-1 text-left">{trade.time}</td>
                    <td>{format.won(trade.price)}</td>
                    <td>
                      <Change value={trade.change} text={format.won(trade.change, { signed: true })} />
                    </td>
                    <td>{format.integer(trade.quantity)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </QueryView>
    </section>
  );
}
