import { useTranslations } from 'use-intl';
import { SideBadge } from '@/components/finance/badges';
import { DecidedBy } from '@/components/finance/order-columns';
import { SymbolLabel } from '@/components/finance/symbol-label';
import { Fact } from '@/components/ui/fact';
import type { OrderDetail } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

/** What was ordered, by whom, and what became of it in figures. */
export function OrderFacts({ order }: { order: OrderDetail }) {
  const t = useTranslations();
  const format = useFormat();
  const { commission, tax } = order.trades.reduce(
    (sum, trade) => ({ commission: sum.commission + trade.commission, tax: sum.tax + trade.tax }),
    { commission: 0, tax: 0 },
  );
  return (
    <section>
      <h3 className="mb-1 flex flex-wrap items-center gap-2 text-base">
        <SideBadge side={order.side} />
        <SymbolLabel issue={order} />
      </h3>
      <dl>
        <Fact name={t('orders.decidedBy')}>
          <DecidedBy order={order} />
        </Fact>
        <Fact name={t('orders.price')}>
          {t(`orderType.${order.order_type}`)}
          {order.price !== null && ` ${format.won(order.price)}`}
        </Fact>
        <Fact name={t('orders.filledOfQuantity')}>
          {format.integer(order.filled_quantity)} / {format.shares(order.quantity)}
        </Fact>
        {order.filled_quantity > 0 && (
          <>
            <Fact name={t('orders.averagePrice')}>{format.decimal(order.filled_price)}</Fact>
            <Fact name={t('orderSheet.costs')}>{format.won(commission + tax)}</Fact>
          </>
        )}
        <Fact name={t('orderSheet.brokerNumber')} testId="order-broker-number">
          {order.kis_order_id ?? t('orderSheet.noBrokerNumber')}
        </Fact>
      </dl>
    </section>
  );
}
