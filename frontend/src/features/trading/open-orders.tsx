import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useOrderColumns } from '@/components/finance/order-columns';
import { OrderDetailDialog } from '@/components/finance/order-detail-dialog';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { DataTable, type Column } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { orders } from '@/lib/api/orders';
import { queries } from '@/lib/api/queries';
import type { Order } from '@/lib/api/types';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useCanWrite } from '@/lib/session/store';

export function OpenOrders() {
  const t = useTranslations('orders');
  const [openId, setOpenId] = useState<number | null>(null);
  const canWrite = useCanWrite();
  const query = useQuery(queries.orderList({ status: 'pending', page: 1, page_size: 100 }));
  const columns: Column<Order>[] = useOrderColumns((order) => setOpenId(order.id));
  if (canWrite) {
    columns.push({
      key: 'cancel',
      heading: t('cancel'),
      align: 'right',
      place: 'action',
      cell: (order) => <CancelButton order={order} />,
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
      {openId !== null && <OrderDetailDialog id={openId} onClose={() => setOpenId(null)} />}
    </Card>
  );
}

function CancelButton({ order }: { order: Order }) {
  const t = useTranslations('orders');
  const issueName = useIssueName();
  const client = useQueryClient();
  const problemText = useProblemText();
  const cancel = useMutation({
    mutationFn: () => orders.cancel(order.id),
    onSuccess: () => toast.info(t('cancelling', { name: issueName(order) })),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ['orders'] }),
  });
  return (
    <Button
      variant="secondary"
      size="sm"
      busy={cancel.isPending}
      onClick={() => cancel.mutate()}
      aria-label={t('cancelLabel', { name: issueName(order) })}
      data-testid="order-cancel"
    >
      {t('cancel')}
    </Button>
  );
}
