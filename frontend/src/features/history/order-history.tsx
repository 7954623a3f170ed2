import { useQuery } from '@tanstack/react-query';
import { ListOrdered } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useOrderColumns } from '@/components/finance/order-columns';
import { SymbolFilter } from '@/components/finance/symbol-filter';
import { ChoiceSelect } from '@/components/ui/choice-select';
import { EmptyState } from '@/components/ui/empty-state';
import { PagedTable } from '@/components/ui/paged';
import { queries } from '@/lib/api/queries';
import type { OrderStatus } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';

const PAGE_SIZE = 50;
const STATUSES: OrderStatus[] = ['pending', 'filled', 'cancelled', 'rejected'];

export function OrderHistory() {
  const t = useTranslations('history');
  const statuses = useTranslations('orderStatus');
  const url = useUrlState();
  const status = STATUSES.find((value) => value === url.get('status'));
  const symbol = url.get('symbol');
  const query = useQuery(
    queries.orderList({ status, symbol, page: url.page, page_size: PAGE_SIZE }),
  );
  const columns = useOrderColumns();
  return (
    <>
      <div className="grid gap-3 p-4 sm:grid-cols-[minmax(0,12rem)_minmax(0,18rem)] sm:px-5">
        <ChoiceSelect
          label={t('status')}
          all={t('allStatuses')}
          value={status}
          options={STATUSES}
          text={statuses}
          onChange={(next) => url.update({ status: next })}
        />
        <SymbolFilter value={symbol} onChange={(next) => url.update({ symbol: next })} />
      </div>
      <PagedTable
        query={query}
        empty={<EmptyState icon={ListOrdered} title={t('noOrders')} text={t('noOrdersHint')} />}
        caption={t('orders')}
        columns={columns}
        rowKey={(order) => order.id}
        rowTestId="order-row"
      />
    </>
  );
}
