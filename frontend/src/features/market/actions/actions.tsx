import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Scissors, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { SymbolFilter } from '@/components/finance/symbol-filter';
import { SymbolLabel } from '@/components/finance/symbol-label';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { Column } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { PagedTable } from '@/components/ui/paged';
import { toast } from '@/components/ui/toast';
import { history } from '@/lib/api/history';
import { queries } from '@/lib/api/queries';
import type { CorporateAction } from '@/lib/api/types';
import { fileName } from '@/lib/format/file-name';
import { useFormat } from '@/lib/format/use-format';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useUrlState } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import { ActionForm } from './action-form';
import { factorText } from './factor';

const PAGE_SIZE = 50;

/** Splits, rights and the like: what adjusted prices are derived from. */
export function Actions() {
  const t = useTranslations('actions');
  const { get, page, update, reset } = useUrlState();
  const canWrite = useCanWrite();
  const [doomed, setDoomed] = useState<CorporateAction | null>(null);
  const symbol = get('symbol');
  const query = useQuery(queries.actions({ symbol, page, page_size: PAGE_SIZE }));
  const columns = useActionColumns(canWrite ? setDoomed : undefined);
  const importButton = (
    <Button variant="secondary" size="sm" onClick={() => reset({ tab: 'imports', kind: 'actions' })}>
      {t('import')}
    </Button>
  );
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[minmax(18rem,1fr)_minmax(0,2.4fr)]">
      {canWrite && <ActionForm />}
      <Card>
        <CardHeader title={t('list')} hint={t('listHint')} action={canWrite && importButton} />
        <div className="px-4 pb-4 sm:w-80 sm:px-5">
          <SymbolFilter value={symbol} onChange={(next) => update({ symbol: next })} />
        </div>
        <PagedTable
          dense
          query={query}
          empty={<EmptyState icon={Scissors} title={t('empty')} text={t('emptyHint')} />}
          caption={t('list')}
          columns={columns}
          rowKey={(action) => action.id}
          rowTestId="action-row"
        />
      </Card>
      {doomed && <RemoveAction action={doomed} onClose={() => setDoomed(null)} />}
    </div>
  );
}

function useActionColumns(
  onRemove: ((action: CorporateAction) => void) | undefined,
): Column<CorporateAction>[] {
  const t = useTranslations('actions');
  const format = useFormat();
  const columns: Column<CorporateAction>[] = [
    {
      key: 'issue',
      heading: t('issue'),
      place: 'lead',
      wrap: true,
      cell: (action) => <SymbolLabel issue={action} />,
    },
    {
      key: 'date',
      heading: t('exDate'),
      place: 'sub',
      cell: (action) => format.date(action.ex_date),
    },
    {
      key: 'kind',
      heading: t('kind'),
      place: 'aside',
      cell: (action) => t(`kinds.${action.kind}`),
    },
    {
      key: 'factor',
      heading: t('factor'),
      align: 'right',
      place: 'row',
      cell: (action) => (
        <span>
          <span className="font-semibold">{factorText(action, format)}</span>
          <span className="ml-1.5 text-xs text-ink-faint">
            {format.integer(action.numerator)}/{format.integer(action.denominator)}
          </span>
        </span>
      ),
    },
    {
      key: 'source',
      heading: t('source'),
      place: 'row',
      wrap: true,
      cell: ({ source }) => (/^user \d+$/.test(source) ? t('byHand') : fileName(source)),
    },
  ];
  if (onRemove) {
    columns.push({
      key: 'remove',
      heading: t('remove'),
      align: 'right',
      place: 'action',
      cell: (action) => (
        <Button
          variant="ghost"
          size="sm"
          aria-label={t('removeLabel', {
            symbol: action.symbol,
            date: format.date(action.ex_date),
          })}
          onClick={() => onRemove(action)}
          data-testid="action-delete"
        >
          <Trash2 aria-hidden />
        </Button>
      ),
    });
  }
  return columns;
}

function RemoveAction({ action, onClose }: { action: CorporateAction; onClose: () => void }) {
  const t = useTranslations('actions');
  const format = useFormat();
  const client = useQueryClient();
  const problemText = useProblemText();
  const remove = useMutation({
    mutationFn: () => history.removeAction(action.id),
    onSuccess: () => toast.success(t('removed')),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => {
      onClose();
      return client.invalidateQueries({ queryKey: ['market'] });
    },
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('removeLabel', { symbol: action.symbol, date: format.date(action.ex_date) })}
      description={t('removeHint')}
      confirm={t('remove')}
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
    />
  );
}
