import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Card, CardBody } from '@/components/ui/card';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { Strategy, StrategyType } from '@/lib/api/types';
import { Link, useIdParam, useRouter } from '@/lib/navigation';
import { editHref, versionsHref } from '@/lib/navigation/strategies';
import { RULES } from '@/lib/parameters/schema';
import { useCanWrite } from '@/lib/session/store';
import { StrategyForm } from './strategy-form';

export function NewStrategy() {
  const t = useTranslations('strategies');
  const types = useQuery(queries.strategyTypes());
  return (
    <Page title={t('newTitle')} description={t('newHint')} className="mx-auto max-w-4xl xl:max-w-none">
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
    <Page title={t('editTitle')} className="mx-auto max-w-4xl xl:max-w-none">
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
  const query = useQuery(queries.strategy(id));
  const canWrite = useCanWrite();
  return (
    <QueryView query={query} loading={<LoadingForm />}>
      {(strategy) =>
        strategy.strategy_type === RULES ? (
          <InBuilder strategy={strategy} />
        ) : (
          <>
            <VersionNote strategy={strategy} />
            <StrategyForm
              // A newer version from the server starts the form afresh.
              key={strategy.version}
              types={types}
              strategy={strategy}
              locked={!canWrite}
            />
          </>
        )
      }
    </QueryView>
  );
}

/** A document is changed on a page of its own. */
function InBuilder({ strategy }: { strategy: Strategy }) {
  const router = useRouter();
  useEffect(() => router.replace(editHref(strategy)), [router, strategy]);
  return <LoadingForm />;
}

/** What saving does, and what it leaves alone. */
function VersionNote({ strategy: { id, version, active_version: active } }: { strategy: Strategy }) {
  const t = useTranslations('strategies');
  const text =
    active === null ? t('nextVersion', { version, next: version + 1 }) : t('nextVersionBeside', { active, next: version + 1 });
  return (
    <p
      role="status"
      className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 rounded-lg border border-line bg-raised px-4 py-3 text-sm text-ink-soft"
      data-testid="version-note"
    >
      {text}
      <Link href={versionsHref(id)} prefetch={false} className="font-semibold text-accent underline-offset-2 hover:underline">
        {t('versions')}
      </Link>
    </p>
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
