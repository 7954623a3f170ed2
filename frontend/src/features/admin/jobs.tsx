import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ListChecks, RotateCw } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { JobStatusBadge } from '@/components/finance/badges';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { DataTable, type Column } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Select } from '@/components/ui/field';
import { Pagination } from '@/components/ui/pagination';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { Job, JobStatus } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useUrlState } from '@/lib/navigation';

const PAGE_SIZE = 50;
const STATUSES: JobStatus[] = ['queued', 'running', 'done', 'failed', 'cancelled', 'dead'];

export function Jobs() {
  const t = useTranslations('admin');
  const statuses = useTranslations('jobStatus');
  const url = useUrlState();
  const client = useQueryClient();
  const status = STATUSES.find((value) => value === url.get('status'));
  const query = useQuery(queries.jobs({ status, page: url.page, page_size: PAGE_SIZE }));
  const columns = useJobColumns();
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-3 p-4 sm:px-5">
        <Select
          className="max-w-48"
          aria-label={t('jobStatus')}
          value={status ?? ''}
          onChange={(event) => url.update({ status: event.target.value })}
        >
          <option value="">{t('allJobs')}</option>
          {STATUSES.map((value) => (
            <option key={value} value={value}>
              {statuses(value)}
            </option>
          ))}
        </Select>
        <Button
          variant="secondary"
          size="sm"
          busy={query.isRefetching}
          onClick={() => void client.invalidateQueries({ queryKey: ['admin', 'jobs'] })}
        >
          {!query.isRefetching && <RotateCw aria-hidden />}
          {t('reload')}
        </Button>
      </div>
      <QueryView query={query} loading={<SkeletonRows />}>
        {(page) =>
          page.items.length === 0 ? (
            <EmptyState icon={ListChecks} title={t('noJobs')} text={t('noJobsHint')} />
          ) : (
            <>
              <DataTable
                dense
                caption={t('tabs.jobs')}
                columns={columns}
                rows={page.items}
                rowKey={(job) => job.id}
                rowTestId="job-row"
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
    </Card>
  );
}

function useJobColumns(): Column<Job>[] {
  const t = useTranslations('admin.job');
  const format = useFormat();
  return [
    {
      key: 'kind',
      heading: t('kind'),
      place: 'lead',
      cell: (job) => (
        <span>
          <span className="font-semibold">{job.kind}</span>{' '}
          <span className="tabular text-xs text-ink-faint">#{job.id}</span>
        </span>
      ),
    },
    {
      key: 'status',
      heading: t('status'),
      place: 'aside',
      cell: (job) => <JobStatusBadge status={job.status} />,
    },
    {
      key: 'progress',
      heading: t('progress'),
      align: 'right',
      cell: (job) => format.percent(job.progress, { digits: 0 }),
    },
    {
      key: 'attempts',
      heading: t('attempts'),
      align: 'right',
      cell: (job) => `${format.integer(job.attempts)} / ${format.integer(job.max_attempts)}`,
    },
    {
      key: 'created',
      heading: t('created'),
      align: 'right',
      cell: (job) => format.dateTime(job.created_at),
    },
    {
      key: 'finished',
      heading: t('finished'),
      align: 'right',
      cell: (job) => format.dateTime(job.finished_at),
    },
    {
      key: 'error',
      heading: t('error'),
      wrap: true,
      place: 'row',
      cell: (job) => <span className="text-danger">{job.error}</span>,
    },
  ];
}
