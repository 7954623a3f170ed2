import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useOrderColumns } from '@/components/finance/order-columns';
import { Card, CardHeader } from '@/components/ui/card';
import { DataTable } from '@/components/ui/data-table';
import { queries } from '@/lib/api/queries';
import { isInDoubt } from '@/lib/orders/states';

/** The orders of which nobody knows yet what became of them; nothing at all where there are none. */
export function Doubts() {
  const t = useTranslations('risk.doubts');
  const { data } = useQuery(queries.orderList({ status: 'pending', page: 1, page_size: 100 }));
  const columns = useOrderColumns();
  const doubts = data?.items.filter(({ state }) => isInDoubt(state)) ?? [];
  if (doubts.length === 0) return null;
  return (
    <Card data-testid="risk-doubts">
      <CardHeader title={t('title')} hint={t('hint')} />
      <DataTable caption={t('title')} columns={columns} rows={doubts} rowKey={(order) => order.id} rowTestId="doubt-row" />
    </Card>
  );
}
