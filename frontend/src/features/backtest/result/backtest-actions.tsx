import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Pencil, RotateCw, Square, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { toast } from '@/components/ui/toast';
import { backtests } from '@/lib/api/backtests';
import { ApiProblem } from '@/lib/api/problem';
import type { BacktestDetail } from '@/lib/api/types';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { Link, useRouter } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import { isUnderWay } from '@/lib/api/run-status';
import { ExportMenu } from './export-menu';
import { requestOf, requestOfSettings } from './request-of';

export function BacktestActions({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('backtest');
  const run = useTranslations('run');
  const client = useQueryClient();
  const router = useRouter();
  const canWrite = useCanWrite();
  const problemText = useProblemText();
  const [asking, setAsking] = useState(false);
  const onError = (error: unknown) => toast.error(problemText(error));
  const reload = () => client.invalidateQueries({ queryKey: ['backtests'] });

  const cancel = useMutation({
    mutationFn: () => backtests.cancel(backtest.id),
    onSuccess: () => toast.info(t('cancelling')),
    onError,
    onSettled: reload,
  });
  const rerun = useMutation({
    mutationFn: () =>
      backtests.run(requestOf(backtest)).catch((error: unknown) => {
        if (!(error instanceof ApiProblem) || error.code !== 'NOT_FOUND') throw error;
        return backtests.run(requestOfSettings(backtest));
      }),
    onSuccess: (started) => router.push(`/backtest/result/?id=${started.id}`),
    onError,
    onSettled: reload,
  });
  const remove = useMutation({
    mutationFn: () => backtests.remove(backtest.id),
    onSuccess: () => {
      toast.success(t('deleted'));
      router.push('/backtest/');
      void client.invalidateQueries({ queryKey: ['backtests', 'list'] });
    },
    onError,
  });

  if (!canWrite) return null;
  if (isUnderWay(backtest)) {
    return (
      <Button
        variant="secondary"
        busy={cancel.isPending}
        onClick={() => cancel.mutate()}
        data-testid="backtest-cancel"
      >
        <Square aria-hidden />
        {t('cancel')}
      </Button>
    );
  }
  return (
    <>
      {backtest.status === 'done' && <ExportMenu id={backtest.id} />}
      <Button asChild variant="secondary">
        <Link href={`/backtest/?from=${backtest.id}`} data-testid="backtest-edit">
          <Pencil aria-hidden />
          {run('edit')}
        </Link>
      </Button>
      <Button
        variant="secondary"
        busy={rerun.isPending}
        onClick={() => rerun.mutate()}
        data-testid="backtest-rerun"
      >
        <RotateCw aria-hidden />
        {t('rerun')}
      </Button>
      <Button variant="ghost" onClick={() => setAsking(true)} data-testid="backtest-delete">
        <Trash2 aria-hidden />
        {t('delete')}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('deleteTitle')}
        description={t('deleteHint')}
        confirm={t('delete')}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}
