import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useOrderColumns } from '@/components/finance/order-columns';
import { Card, CardHeader } from '@/components/ui/card';
import { DataTable, type Column } from '@/components/ui/data-table';
import { Button } from '@/components/ui/button';
import { queries } from '@/lib/api/queries';
import type { Order } from '@/lib/api/types';
import { Link } from '@/lib/navigation';
import { doubtHref, isInDoubt } from '@/lib/orders/states';
import { useCanWrite } from '@/lib/session/store';

/** The orders of which nobody knows yet what became of them; nothing at all where there are none. */
export function Doubts() {
  const t = useTranslations('risk.doubts');
  const { data } = useQuery(queries.orderList({ status: 'pending', page: 1, page_size: 100 }));
  const canWrite = useCanWrite();
  const columns: Column<Order>[] = useOrderColumns();
  columns.push({
    key: 'open',
    heading: t('evidence'),
    place: 'action',
    align: 'right',
    cell: (order) => (
      <Button asChild size="sm" variant={order.state === 'ambiguous' ? 'primary' : 'secondary'}>
        <Link href={doubtHref(order)} prefetch={false} aria-label={t('evidenceOf', { id: order.id })} data-testid="doubt-open">
          {t(order.state === 'ambiguous' && canWrite ? 'decide' : 'evidence')}
        </Link>
      </Button>
    ),
  });
  const doubts = data?.items.filter(({ state }) => isInDoubt(state)) ?? [];
  if (doubts.length === 0) return null;
  return (
    <Card data-testid="risk-doubts">
      <CardHeader title={t('title')} hint={t('hint')} />
      <DataTable caption={t('title')} columns={columns} rows={doubts} rowKey={(order) => order.id} rowTestId="doubt-row" />
    </Card>
  );
}
