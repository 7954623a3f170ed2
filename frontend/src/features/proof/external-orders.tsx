import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Smartphone } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { SideBadge } from '@/components/finance/badges';
import { SymbolLabel } from '@/components/finance/symbol-label';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { Column } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { PagedTable } from '@/components/ui/paged';
import { toast } from '@/components/ui/toast';
import { proof } from '@/lib/api/proof';
import { queries } from '@/lib/api/queries';
import type { BrokerOrder } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { wordOf } from '@/lib/i18n/word-of';
import { useUrlState } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';

const PAGE_SIZE = 50;

/** Orders on the shown account that were not placed here: by phone, by another program. */
export function ExternalOrders() {
  const t = useTranslations('proof.external');
  const url = useUrlState();
  const canWrite = useCanWrite();
  const query = useQuery(queries.brokerOrders({ external: true, page: url.page, page_size: PAGE_SIZE }));
  const columns = useColumns();
  if (canWrite) {
    columns.push({ key: 'actions', heading: t('actions'), place: 'action', align: 'right', cell: (row) => <Actions row={row} /> });
  }
  return (
    <Card>
      <CardHeader title={t('title')} hint={t('hint')} />
      <PagedTable
        query={query}
        empty={<EmptyState icon={Smartphone} title={t('none')} text={t('noneHint')} />}
        caption={t('title')}
        columns={columns}
        rowKey={(row) => row.id}
        rowTestId="external-row"
      />
    </Card>
  );
}

function useColumns(): Column<BrokerOrder>[] {
  const t = useTranslations('proof.external');
  const types = useTranslations('orderType');
  const ends = useTranslations('orderState');
  const format = useFormat();
  return [
    { key: 'accepted', heading: t('accepted'), place: 'sub', cell: (row) => format.dateTime(row.accepted_at) },
    { key: 'symbol', heading: t('symbol'), place: 'lead', cell: (row) => <SymbolLabel issue={row} /> },
    { key: 'side', heading: t('side'), cell: (row) => <SideBadge side={row.side} /> },
    { key: 'number', heading: t('number'), cell: (row) => <span className="tabular">{row.broker_order_id}</span> },
    {
      key: 'price',
      heading: t('price'),
      align: 'right',
      cell: (row) => (row.price === null ? wordOf(types, row.order_type) : format.price(row.price)),
    },
    {
      key: 'filled',
      heading: t('filled'),
      align: 'right',
      cell: (row) => `${format.integer(row.filled_quantity)} / ${format.integer(row.quantity)}`,
    },
    {
      key: 'state',
      heading: t('state'),
      place: 'aside',
      cell: (row) => (
        <span className="inline-flex flex-col items-start gap-0.5 max-md:items-end">
          <Badge tone={row.open_quantity > 0 ? 'accent' : 'neutral'}>
            {row.open_quantity > 0 ? t('open') : row.end ? wordOf(ends, row.end) : t('done')}
          </Badge>
          {row.confirmed_at && <span className="text-xs text-ink-faint">{t('isConfirmed')}</span>}
        </span>
      ),
    },
  ];
}

type Asked = 'adopt' | 'confirm' | null;

function Actions({ row }: { row: BrokerOrder }) {
  const t = useTranslations('proof.external');
  const issueName = useIssueName();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [asked, setAsked] = useState<Asked>(null);
  const name = issueName(row);
  const act = useMutation<unknown, Error, 'adopt' | 'confirm'>({
    mutationFn: (what) => proof[what](row.id),
    onSuccess: (_, what) => {
      toast.success(t(what === 'adopt' ? 'adopted' : 'confirmed', { name }));
      setAsked(null);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['orders'] }),
  });
  const ask = (what: Asked) => {
    act.reset();
    setAsked(what);
  };
  // What cancels or amends another order, and what is never sent from here, cannot be taken over.
  const mayAdopt = row.original_id === null && row.order_type !== 'other';
  return (
    <span className="flex justify-end gap-2">
      {row.confirmed_at === null && (
        <Button variant="ghost" size="sm" onClick={() => ask('confirm')} aria-label={t('confirmOf', { name })} data-testid="external-confirm">
          {t('confirm')}
        </Button>
      )}
      {mayAdopt && (
        <Button variant="secondary" size="sm" onClick={() => ask('adopt')} aria-label={t('adoptOf', { name })} data-testid="external-adopt">
          {t('adopt')}
        </Button>
      )}
      {asked && (
        <ConfirmDialog
          open
          onOpenChange={() => setAsked(null)}
          title={t(asked === 'adopt' ? 'adoptTitle' : 'confirmTitle', { name, number: row.broker_order_id })}
          description={t(asked === 'adopt' ? 'adoptHint' : 'confirmHint')}
          confirm={t(asked)}
          variant="primary"
          busy={act.isPending}
          problem={act.isError ? problemText(act.error) : null}
          onConfirm={() => act.mutate(asked)}
          testId="external-do"
        />
      )}
    </span>
  );
}
