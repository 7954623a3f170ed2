import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { CancelOrder } from '@/components/finance/cancel-order';
import { DenialText } from '@/components/finance/denial-text';
import { QueryView } from '@/components/ui/query-view';
import { Sheet } from '@/components/ui/sheet';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { OrderDetail } from '@/lib/api/types';
import { SafetyWords } from '@/lib/i18n/safety-words';
import { useCanWrite } from '@/lib/session/store';
import { OrderFacts } from './order-facts';
import { OrderStanding } from './order-standing';
import { OrderTimeline } from './order-timeline';
import { isOpenAtBroker } from '@/lib/orders/states';

interface OrderSheetProps {
  id: number;
  onClose: () => void;
}

/** One order: where it stands, what happens next, what a person may do, and everything that happened to it. */
export default function OrderSheet({ id, onClose }: OrderSheetProps) {
  const t = useTranslations('orders');
  const canWrite = useCanWrite();
  const query = useQuery(queries.order(id));
  const loading = <SkeletonRows rows={6} />;
  return (
    <Sheet
      testId="order-sheet"
      title={t('detailTitle', { id })}
      onClose={onClose}
      footer={canWrite && query.data && isOpenAtBroker(query.data.state) && <CancelOrder order={query.data} />}
    >
      <SafetyWords loading={loading}>
        <QueryView query={query} loading={loading}>
          {(order) => <OrderBody order={order} />}
        </QueryView>
      </SafetyWords>
    </Sheet>
  );
}

function OrderBody({ order }: { order: OrderDetail }) {
  return (
    <div className="flex flex-col gap-6 p-4 sm:p-6">
      <OrderStanding order={order} />
      <DenialText order={order} />
      <OrderFacts order={order} />
      <OrderTimeline order={order} />
    </div>
  );
}
