import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ListChecks, RotateCw } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { JobStatusBadge } from '@/components/finance/badges';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ChoiceSelect } from '@/components/ui/choice-select';
import type { Column } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { PagedTable } from '@/components/ui/paged';
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
        <div className="w-48">
          <ChoiceSelect
            label={t('jobStatus')}
            all={t('allJobs')}
            value={status}
            options={STATUSES}
            text={statuses}
            onChange={(next) => url.update({ status: next })}
          />
        </div>
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
      <PagedTable
        dense
        query={query}
        empty={<EmptyState icon={ListChecks} title={t('noJobs')} text={t('noJobsHint')} />}
        caption={t('tabs.jobs')}
        columns={columns}
        rowKey={(job) => job.id}
        rowTestId="job-row"
      />
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
