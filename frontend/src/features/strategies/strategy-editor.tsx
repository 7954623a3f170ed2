import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Card, CardBody } from '@/components/ui/card';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { StrategyType } from '@/lib/api/types';
import { useIdParam } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import { StrategyForm } from './strategy-form';

export function NewStrategy() {
  const t = useTranslations('strategies');
  const types = useQuery(queries.strategyTypes());
  return (
    <Page title={t('newTitle')} description={t('newHint')} className="mx-auto max-w-4xl">
      <QueryView query={types} loading={<LoadingForm />}>
        {(known) => <StrategyForm types={known} strategy={null} />}
      </QueryView>
    </Page>
  );
}

export function EditStrategy() {
  const t = useTranslations('strategies');
  const id = useIdParam();
  const types = useQuery(queries.strategyTypes());
  return (
    <Page title={t('editTitle')} className="mx-auto max-w-4xl">
      {id === null ? (
        <p role="alert">{t('missing')}</p>
      ) : (
        <QueryView query={types} loading={<LoadingForm />}>
          {(known) => <ExistingStrategy id={id} types={known} />}
        </QueryView>
      )}
    </Page>
  );
}

function ExistingStrategy({ id, types }: { id: number; types: StrategyType[] }) {
  const t = useTranslations('strategies');
  const query = useQuery(queries.strategy(id));
  const canWrite = useCanWrite();
  return (
    <QueryView query={query} loading={<LoadingForm />}>
      {(strategy) => (
        <>
          {strategy.is_active && (
            <p role="status" className="rounded-lg bg-warn-soft px-4 py-3 text-sm text-warn">
              {t('activeLocked')}
            </p>
          )}
          <StrategyForm
            // A newer version from the server starts the form afresh.
            key={strategy.updated_at}
            types={types}
            strategy={strategy}
            locked={strategy.is_active || !canWrite}
          />
        </>
      )}
    </QueryView>
  );
}

function LoadingForm() {
  return (
    <Card>
      <CardBody className="flex flex-col gap-4 pt-5">
        {Array.from({ length: 5 }, (_, index) => (
          <Skeleton key={index} className="h-12" />
        ))}
      </CardBody>
    </Card>
  );
}
