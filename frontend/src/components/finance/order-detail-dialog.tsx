import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Dialog } from '@/components/ui/dialog';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { OrderDetail } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';
import { OrderStateBadge, SideBadge } from './badges';
import { DenialText } from './denial-text';
import { DecidedBy } from './order-columns';
import { SymbolLabel } from './symbol-label';

/** One order with everything that happened to it. */
export function OrderDetailDialog({ id, onClose }: { id: number; onClose: () => void }) {
  const t = useTranslations('orders');
  const query = useQuery(queries.order(id));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t('detailTitle', { id })}>
      <QueryView query={query} loading={<SkeletonRows rows={4} />}>
        {(order) => <OrderFacts order={order} />}
      </QueryView>
    </Dialog>
  );
}

function OrderFacts({ order }: { order: OrderDetail }) {
  const t = useTranslations();
  const format = useFormat();
  const states = useTranslations('orderState');
  const state = (name: string) => wordOf(states, name);
  return (
    <div className="flex flex-col gap-4 text-sm">
      <div className="flex flex-wrap items-center gap-2">
        <SideBadge side={order.side} />
        <SymbolLabel issue={order} />
        <OrderStateBadge order={order} />
      </div>
      <DenialText order={order} />
      <dl className="grid grid-cols-2 gap-x-4 gap-y-1.5">
        <dt className="text-ink-faint">{t('orders.decidedBy')}</dt>
        <dd className="flex min-w-0 justify-end">
          <DecidedBy order={order} />
        </dd>
        <dt className="text-ink-faint">{t('orders.type')}</dt>
        <dd className="text-right">{t(`orderType.${order.order_type}`)}</dd>
        <dt className="text-ink-faint">{t('orders.price')}</dt>
        <dd className="tabular text-right">
          {order.price === null ? t('orderType.market') : format.won(order.price)}
        </dd>
        <dt className="text-ink-faint">{t('orders.filled')}</dt>
        <dd className="tabular text-right">
          {format.integer(order.filled_quantity)} / {format.shares(order.quantity)}
        </dd>
        <dt className="text-ink-faint">{t('orders.averagePrice')}</dt>
        <dd className="tabular text-right">{format.decimal(order.filled_price)}</dd>
      </dl>
      <section>
        <h3 className="mb-2 font-bold">{t('orders.timeline')}</h3>
        <ol className="flex flex-col gap-2 border-l-2 border-line pl-3">
          {order.events.map((event, index) => (
            <li key={index}>
              <p className="font-medium">{state(event.to)}</p>
              <p className="tabular text-xs text-ink-faint">
                {format.dateTime(event.at)}
                {event.detail ? ` · ${event.detail}` : ''}
              </p>
            </li>
          ))}
        </ol>
      </section>
      {order.trades.length > 0 && (
        <section>
          <h3 className="mb-2 font-bold">{t('orders.fills')}</h3>
          <ul className="flex flex-col gap-1">
            {order.trades.map((trade) => (
              <li key={trade.id} className="tabular flex justify-between gap-3">
                <span className="text-ink-faint">{format.dateTime(trade.executed_at)}</span>
                <span>
                  {format.shares(trade.quantity)} × {format.decimal(trade.price)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
