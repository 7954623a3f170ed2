import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Ban, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { SymbolLabel } from '@/components/finance/symbol-label';
import { SymbolSearch } from '@/components/finance/symbol-search';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { DataTable, type Column } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Field, Input } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { Switch } from '@/components/ui/switch';
import { toast } from '@/components/ui/toast';
import { queries } from '@/lib/api/queries';
import { risk } from '@/lib/api/risk';
import type { Instrument, RestrictedIssue } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useCanWrite, useSession } from '@/lib/session/store';

/** Issues that are not to be traded, on the caller's list and on the operator's. */
export function Restricted() {
  const t = useTranslations('risk.restricted');
  const canWrite = useCanWrite();
  const query = useQuery(queries.risk());
  const columns = useColumns();
  return (
    <>
      {canWrite && <AddIssue />}
      <Card>
        <CardHeader title={t('title')} hint={t('hint')} />
        <QueryView query={query} loading={<SkeletonRows rows={3} />}>
          {({ restricted }) =>
            restricted.length === 0 ? (
              <EmptyState icon={Ban} title={t('none')} text={t('noneHint')} />
            ) : (
              <DataTable
                caption={t('title')}
                columns={columns}
                rows={restricted}
                rowKey={({ scope, symbol }) => `${scope}-${symbol}`}
                rowTestId="restricted-row"
              />
            )
          }
        </QueryView>
      </Card>
    </>
  );
}

function useColumns(): Column<RestrictedIssue>[] {
  const t = useTranslations('risk.restricted');
  const format = useFormat();
  return [
    { key: 'symbol', heading: t('symbol'), place: 'lead', cell: (row) => <SymbolLabel issue={row} /> },
    { key: 'at', heading: t('at'), place: 'sub', cell: (row) => format.dateTime(row.at) },
    { key: 'scope', heading: t('scope'), place: 'aside', cell: (row) => <Badge tone={row.scope === 'operator' ? 'warn' : 'neutral'}>{t(`scopes.${row.scope}`)}</Badge> },
    { key: 'reason', heading: t('reason'), place: 'row', wrap: true, cell: (row) => row.reason || '–' },
    { key: 'by', heading: t('by'), place: 'row', cell: (row) => row.by ?? t('byCommand') },
    { key: 'release', heading: t('release'), place: 'action', align: 'right', cell: (row) => <Release row={row} /> },
  ];
}

function Release({ row }: { row: RestrictedIssue }) {
  const t = useTranslations('risk.restricted');
  const issueName = useIssueName();
  const client = useQueryClient();
  const problemText = useProblemText();
  const canWrite = useCanWrite();
  const isAdmin = useSession((state) => state.user?.role === 'admin');
  const { queryKey } = queries.risk();
  const release = useMutation({
    mutationFn: () => (row.scope === 'operator' ? risk.releaseForAll(row.symbol) : risk.release(row.symbol)),
    onSuccess: () => toast.success(t('released', { name: issueName(row) })),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  if (row.scope === 'operator' ? !isAdmin : !canWrite) return null;
  return (
    <Button variant="ghost" size="sm" busy={release.isPending} onClick={() => release.mutate()} aria-label={t('releaseOf', { name: issueName(row) })} data-testid="restricted-release">
      {!release.isPending && <Trash2 aria-hidden />}
      {t('release')}
    </Button>
  );
}

function AddIssue() {
  const t = useTranslations('risk.restricted');
  const issueName = useIssueName();
  const client = useQueryClient();
  const problemText = useProblemText();
  const isAdmin = useSession((state) => state.user?.role === 'admin');
  const [issue, setIssue] = useState<Instrument | null>(null);
  const [reason, setReason] = useState('');
  const [forAll, setForAll] = useState(false);
  const { queryKey } = queries.risk();
  const add = useMutation({
    mutationFn: (symbol: string) => (forAll ? risk.restrictForAll : risk.restrict)({ symbol, reason: reason.trim() }),
    onSuccess: (added) => {
      toast.success(t('added', { name: issueName(added) }));
      setIssue(null);
      setReason('');
      void client.invalidateQueries({ queryKey });
    },
  });
  return (
    <Card>
      <CardHeader title={t('add')} hint={t('addHint')} />
      <CardBody>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (issue) add.mutate(issue.symbol);
          }}
        >
          <div className="grid gap-4 sm:grid-cols-2">
            <div className="flex flex-col gap-1.5">
              <SymbolSearch onPick={setIssue} />
              <p className="min-h-6 text-sm" data-testid="restricted-picked">
                {issue ? <SymbolLabel issue={issue} linked={false} /> : <span className="text-ink-faint">{t('pickFirst')}</span>}
              </p>
            </div>
            <Field label={t('reason')}>
              {(wiring) => (
                <Input {...wiring} value={reason} maxLength={200} onChange={({ target }) => setReason(target.value)} autoComplete="off" data-testid="restricted-reason" />
              )}
            </Field>
          </div>
          {isAdmin && (
            <label className="flex items-center gap-2 text-sm">
              <Switch checked={forAll} onCheckedChange={setForAll} />
              {t('forAll')}
            </label>
          )}
          <FormProblem text={add.isError ? problemText(add.error) : null} />
          <Button type="submit" className="self-start" disabled={!issue} busy={add.isPending} data-testid="restricted-add">
            {t('add')}
          </Button>
        </form>
      </CardBody>
    </Card>
  );
}
