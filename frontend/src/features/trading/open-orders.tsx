import { useQuery } from '@tanstack/react-query';
import { ListChecks } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { CancelOrder } from '@/components/finance/cancel-order';
import { useOrderColumns } from '@/components/finance/order-columns';
import { Card, CardHeader } from '@/components/ui/card';
import { DataTable, type Column } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { Order } from '@/lib/api/types';
import { isOpenAtBroker } from '@/lib/orders/states';
import { useCanWrite } from '@/lib/session/store';

export function OpenOrders() {
  const t = useTranslations('orders');
  const canWrite = useCanWrite();
  const query = useQuery(queries.orderList({ status: 'pending', page: 1, page_size: 100 }));
  const columns: Column<Order>[] = useOrderColumns();
  if (canWrite) {
    columns.push({
      key: 'cancel',
      heading: t('cancel'),
      align: 'right',
      place: 'action',
      // What is not known to be at the broker cannot be taken back there.
      cell: (order) => isOpenAtBroker(order.state) && <CancelOrder order={order} />,
    });
  }
  return (
    <Card>
      <CardHeader title={t('open')} />
      <QueryView query={query} loading={<SkeletonRows rows={3} />}>
        {(page) =>
          page.items.length === 0 ? (
            <EmptyState icon={ListChecks} title={t('noneOpen')} text={t('noneOpenHint')} />
          ) : (
            <DataTable
              caption={t('open')}
              columns={columns}
              rows={page.items}
              rowKey={(order) => order.id}
              rowTestId="open-order-row"
            />
          )
        }
      </QueryView>
    </Card>
  );
}
