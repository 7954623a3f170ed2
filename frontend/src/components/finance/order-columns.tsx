import { useTranslations } from 'use-intl';
import type { Column } from '@/components/ui/data-table';
import type { Order } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { OrderStateBadge, SideBadge } from './badges';
import { DenialText } from './denial-text';
import { OrderLink } from './order-link';
import { StrategyLabel } from './strategy-label';
import { SymbolLabel } from './symbol-label';

/** The strategy whose order it is; a person's own order says so. */
export function DecidedBy({ order: { strategy_id, strategy_name, strategy_version } }: { order: Order }) {
  const t = useTranslations('orders');
  if (strategy_id === null) return <span className="text-ink-faint">{t('manual')}</span>;
  return <StrategyLabel id={strategy_id} name={strategy_name ?? t('byStrategy')} version={strategy_version} />;
}

export function useOrderColumns(): Column<Order>[] {
  const t = useTranslations();
  const format = useFormat();
  return [
    {
      key: 'time',
      heading: t('orders.time'),
      place: 'sub',
      cell: (order) => <OrderLink id={order.id} at={order.created_at} />,
    },
    {
      key: 'symbol',
      heading: t('orders.symbol'),
      place: 'lead',
      cell: (order) => <SymbolLabel issue={order} />,
    },
    {
      key: 'side',
      heading: t('orders.side'),
      cell: (order) => <SideBadge side={order.side} />,
    },
    {
      key: 'strategy',
      heading: t('orders.decidedBy'),
      cell: (order) => <DecidedBy order={order} />,
    },
    {
      key: 'price',
      heading: t('orders.price'),
      align: 'right',
      cell: (order) =>
        order.price === null ? t('orderType.market') : format.price(order.price),
    },
    {
      key: 'filled',
      heading: t('orders.filledOfQuantity'),
      align: 'right',
      cell: (order) => `${format.integer(order.filled_quantity)} / ${format.integer(order.quantity)}`,
    },
    {
      key: 'average',
      heading: t('orders.averagePrice'),
      align: 'right',
      cell: (order) => format.decimal(order.filled_price),
    },
    {
      key: 'state',
      wrap: true,
      heading: t('orders.state'),
      place: 'aside',
      cell: (order) => (
        <div className="flex flex-col items-start gap-1 max-md:max-w-48 max-md:items-end">
          <OrderStateBadge order={order} />
          <DenialText order={order} />
        </div>
      ),
    },
  ];
}
