import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { MetricTile } from '@/components/finance/metric-tile';
import { Badge, type Tone } from '@/components/ui/badge';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { System } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { GlobalHalt } from './global-halt';
import { RegistrationSetting } from './registration-setting';

export function SystemOverview() {
  const query = useQuery(queries.system());
  return (
    <div className="flex flex-col gap-5">
      <QueryView query={query} loading={<Skeleton className="h-64 rounded-xl" />}>
        {(system) => <Overview system={system} />}
      </QueryView>
      <div className="grid gap-5 lg:grid-cols-2">
        <RegistrationSetting />
        <GlobalHalt />
      </div>
    </div>
  );
}

const HEALTH_TONE: Record<System['health']['status'], Tone> = {
  ok: 'good',
  degraded: 'warn',
  down: 'danger',
};

function Overview({ system }: { system: System }) {
  const t = useTranslations('admin');
  const format = useFormat();
  const counts = [
    { key: 'users', value: system.counts.users },
    { key: 'strategiesActive', value: system.counts.strategies_active },
    { key: 'ordersOpen', value: system.counts.orders_open },
    { key: 'bars', value: system.counts.bars },
  ] as const;
  return (
    <>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        {counts.map(({ key, value }) => (
          <MetricTile
            key={key}
            testId={`count-${key}`}
            label={t(`counts.${key}`)}
            value={format.integer(value)}
          />
        ))}
      </div>
      <div className="grid gap-5 lg:grid-cols-2">
        <Card>
          <CardHeader
            title={t('health')}
            action={<HealthBadge status={system.health.status} />}
          />
          <CardBody>
            <ul className="divide-y divide-line">
              {(Object.keys(system.health.parts) as (keyof System['health']['parts'])[]).map(
                (name) => {
                  const part = system.health.parts[name];
                  return (
                    <li key={name} className="flex items-center justify-between gap-3 py-2 text-sm">
                      <span className="font-medium">{t(`parts.${name}`)}</span>
                      <span className="flex min-w-0 items-center gap-2">
                        <span className="truncate text-ink-faint">{part.detail}</span>
                        <HealthBadge status={part.status} />
                      </span>
                    </li>
                  );
                },
              )}
            </ul>
          </CardBody>
        </Card>
        <Card>
          <CardHeader title={t('server')} />
          <CardBody>
            <dl className="divide-y divide-line text-sm">
              <Fact name={t('version')}>{system.version}</Fact>
              <Fact name={t('startedAt')}>{format.dateTime(system.started_at)}</Fact>
              <Fact name={t('database')}>{system.database}</Fact>
              <Fact name={t('cache')}>{system.cache}</Fact>
              <Fact name={t('dataDir')}>
                <code className="text-xs break-all">{system.data_dir}</code>
              </Fact>
              <Fact name={t('workers')}>{format.integer(system.workers.length)}</Fact>
            </dl>
          </CardBody>
        </Card>
      </div>
    </>
  );
}

function HealthBadge({ status }: { status: System['health']['status'] }) {
  const t = useTranslations('admin.healthStatus');
  return <Badge tone={HEALTH_TONE[status]}>{t(status)}</Badge>;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4 py-2">
      <dt className="shrink-0 text-ink-faint">{name}</dt>
      <dd className="tabular min-w-0 text-right font-medium">{children}</dd>
    </div>
  );
}
