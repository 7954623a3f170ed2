import { useQuery } from '@tanstack/react-query';
import { ListOrdered } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useOrderColumns } from '@/components/finance/order-columns';
import { OrderDetailDialog } from '@/components/finance/order-detail-dialog';
import { SymbolFilter } from '@/components/finance/symbol-filter';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Select } from '@/components/ui/field';
import { Pagination } from '@/components/ui/pagination';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { OrderStatus } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';

const PAGE_SIZE = 50;
const STATUSES: OrderStatus[] = ['pending', 'filled', 'cancelled', 'rejected'];

export function OrderHistory() {
  const t = useTranslations('history');
  const statuses = useTranslations('orderStatus');
  const url = useUrlState();
  const [openId, setOpenId] = useState<number | null>(null);
  const status = STATUSES.find((value) => value === url.get('status'));
  const symbol = url.get('symbol');
  const query = useQuery(
    queries.orderList({ status, symbol, page: url.page, page_size: PAGE_SIZE }),
  );
  const columns = useOrderColumns((order) => setOpenId(order.id));
  return (
    <>
      <div className="grid gap-3 p-4 sm:grid-cols-[minmax(0,12rem)_minmax(0,18rem)] sm:px-5">
        <Select
          aria-label={t('status')}
          value={status ?? ''}
          onChange={(event) => url.update({ status: event.target.value })}
        >
          <option value="">{t('allStatuses')}</option>
          {STATUSES.map((value) => (
            <option key={value} value={value}>
              {statuses(value)}
            </option>
          ))}
        </Select>
        <SymbolFilter value={symbol} onChange={(next) => url.update({ symbol: next })} />
      </div>
      <QueryView query={query} loading={<SkeletonRows />}>
        {(page) =>
          page.items.length === 0 ? (
            <EmptyState icon={ListOrdered} title={t('noOrders')} text={t('noOrdersHint')} />
          ) : (
            <>
              <DataTable
                caption={t('orders')}
                columns={columns}
                rows={page.items}
                rowKey={(order) => order.id}
                rowTestId="order-row"
              />
              <Pagination
                page={url.page}
                pageSize={PAGE_SIZE}
                total={page.total}
                onChange={(next) => url.update({ page: next })}
              />
            </>
          )
        }
      </QueryView>
      {openId !== null && <OrderDetailDialog id={openId} onClose={() => setOpenId(null)} />}
    </>
  );
}
