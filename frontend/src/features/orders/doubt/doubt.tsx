import { useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { OrderDetail } from '@/lib/api/types';
import { SafetyWords } from '@/lib/i18n/safety-words';
import { useIdParam } from '@/lib/navigation';
import { OrderFacts } from '@/features/orders/order-facts';
import { OrderStanding } from '@/features/orders/order-standing';
import { Candidates } from './candidates';
import { Findings } from './findings';

/** What became of an order, for a person to decide: ours and the broker's side by side, with all that speaks for and against. */
export function Doubt() {
  const id = useIdParam();
  const loading = <Skeleton className="h-96 rounded-xl" />;
  return (
    <SafetyWords loading={loading}>
      {id === null ? <Nothing /> : <DoubtOf key={id} id={id} loading={loading} />}
    </SafetyWords>
  );
}

function Nothing() {
  const t = useTranslations('doubt');
  return (
    <Page title={t('title')}>
      <Card>
        <EmptyState icon={SearchX} title={t('nothing')} text={t('nothingHint')} />
      </Card>
    </Page>
  );
}

function DoubtOf({ id, loading }: { id: number; loading: ReactNode }) {
  const t = useTranslations('doubt');
  const query = useQuery(queries.order(id));
  return (
    <Page title={t('titleOf', { id })} description={t('description')}>
      <QueryView query={query} loading={loading}>
        {(order) => <Evidence order={order} loading={loading} />}
      </QueryView>
    </Page>
  );
}

function Evidence({ order, loading }: { order: OrderDetail; loading: ReactNode }) {
  const t = useTranslations('doubt');
  const query = useQuery(queries.orderEvidence(order.id));
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,24rem)_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-5 lg:sticky lg:top-20">
        <OrderStanding order={order} linked={false} />
        <Card className="p-4 sm:p-5">
          <h2 className="mb-3 font-bold">{t('ours')}</h2>
          <OrderFacts order={order} />
        </Card>
      </div>
      <QueryView query={query} loading={loading}>
        {(evidence) => (
          <div className="flex min-w-0 flex-col gap-5">
            <Candidates order={order} evidence={evidence} />
            <Findings order={order} evidence={evidence} />
          </div>
        )}
      </QueryView>
    </div>
  );
}
