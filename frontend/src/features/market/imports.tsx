import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { FileUp } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { JobStatusBadge } from '@/components/finance/badges';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { Progress } from '@/components/ui/progress';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { market } from '@/lib/api/market';
import { queries } from '@/lib/api/queries';
import type { Import } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useUrlState } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import { UploadForm } from './upload-form';

const PAGE_SIZE = 20;

export function Imports() {
  const t = useTranslations('imports');
  const url = useUrlState();
  const canWrite = useCanWrite();
  const query = useQuery(queries.imports({ page: url.page, page_size: PAGE_SIZE }));
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[minmax(20rem,1fr)_minmax(0,1.6fr)]">
      {canWrite && <UploadForm />}
      <Card>
        <CardHeader title={t('list')} />
        <QueryView query={query} loading={<SkeletonRows rows={3} />}>
          {(page) =>
            page.items.length === 0 ? (
              <EmptyState icon={FileUp} title={t('empty')} text={t('emptyHint')} />
            ) : (
              <>
                <ul className="divide-y divide-line border-t border-line">
                  {page.items.map((item) => (
                    <ImportRow key={item.id} item={item} />
                  ))}
                </ul>
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
    </div>
  );
}

function ImportRow({ item }: { item: Import }) {
  const t = useTranslations('imports');
  const format = useFormat();
  const underWay = item.status === 'queued' || item.status === 'running';
  return (
    <li
      data-testid="import-row"
      data-status={item.status}
      className="flex flex-col gap-2 px-4 py-3 sm:px-5"
    >
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="font-semibold break-all">{item.file_name}</p>
          <p className="text-sm text-ink-faint">
            {format.dateTime(item.created_at)} · {t(item.adjusted ? 'adjusted' : 'unadjusted')}
          </p>
        </div>
        <JobStatusBadge status={item.status} />
      </div>
      {underWay && <RunningImport item={item} />}
      {item.error && <p className="text-sm text-danger">{item.error}</p>}
      {(item.status === 'done' || underWay) && (
        <p className="tabular text-sm text-ink-soft" aria-live="polite">
          {t('summary', {
            read: format.integer(item.rows_read),
            added: format.integer(item.rows_added),
            unchanged: format.integer(item.rows_unchanged),
            symbols: format.integer(item.symbols),
          })}
        </p>
      )}
    </li>
  );
}

function RunningImport({ item }: { item: Import }) {
  const t = useTranslations('imports');
  const client = useQueryClient();
  const problemText = useProblemText();
  const canWrite = useCanWrite();
  const cancel = useMutation({
    mutationFn: () => market.cancelImport(item.id),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ['imports'] }),
  });
  return (
    <div className="flex items-center gap-3">
      <Progress value={item.progress} label={t('progress')} />
      {canWrite && (
        <Button
          variant="secondary"
          size="sm"
          busy={cancel.isPending}
          onClick={() => cancel.mutate()}
          data-testid="import-cancel"
        >
          {t('cancel')}
        </Button>
      )}
    </div>
  );
}
