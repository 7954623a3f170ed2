import { useTranslations } from 'use-intl';
import type { Column } from '@/components/ui/data-table';
import type { Order } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { OrderStateBadge, SideBadge } from './badges';
import { DenialText } from './denial-text';
import { SymbolLabel } from './symbol-label';

export function useOrderColumns(onOpen: (order: Order) => void): Column<Order>[] {
  const t = useTranslations();
  const format = useFormat();
  return [
    {
      key: 'time',
      heading: t('orders.time'),
      place: 'sub',
      cell: (order) => (
        <button
          type="button"
          onClick={() => onOpen(order)}
          className="tabular min-h-6 underline-offset-2 hover:underline"
        >
          {format.dateTime(order.created_at)}
          <span className="sr-only"> {t('orders.details', { id: order.id })}</span>
        </button>
      ),
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
      cell: (order) => (
        <span className="inline-flex items-center gap-1.5">
          <SideBadge side={order.side} />
          {order.strategy_id !== null && (
            <span className="text-xs text-ink-faint">{t('orders.byStrategy')}</span>
          )}
        </span>
      ),
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
