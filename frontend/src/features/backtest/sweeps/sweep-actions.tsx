import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Play, Square, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { CsvButton } from '@/components/finance/csv-button';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { toast } from '@/components/ui/toast';
import { sweeps } from '@/lib/api/backtests';
import type { SweepDetail } from '@/lib/api/types';
import { isUnderWay } from '@/lib/api/run-status';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useRouter } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';

/** Stops a search, takes it up where it stopped, or deletes it. */
export function SweepActions({ sweep }: { sweep: SweepDetail }) {
  const t = useTranslations('sweeps');
  const client = useQueryClient();
  const router = useRouter();
  const canWrite = useCanWrite();
  const problemText = useProblemText();
  const [asking, setAsking] = useState(false);
  const outcome = {
    onError: (error: unknown) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ['sweeps'] }),
  };
  const cancel = useMutation({ mutationFn: () => sweeps.cancel(sweep.id), ...outcome });
  const resume = useMutation({ mutationFn: () => sweeps.resume(sweep.id), ...outcome });
  const remove = useMutation({
    mutationFn: () => sweeps.remove(sweep.id),
    onSuccess: () => {
      toast.success(t('deleted'));
      router.push('/backtest/sweeps/');
      void client.invalidateQueries({ queryKey: ['sweeps', 'list'] });
    },
    onError: outcome.onError,
  });
  const csv = (
    <CsvButton
      load={() => sweeps.trialsCsv(sweep.id)}
      fileName={`sweep-${sweep.id}-trials.csv`}
      disabled={sweep.trials_done === 0}
    />
  );
  if (!canWrite) return csv;
  if (isUnderWay(sweep)) {
    return (
      <Button variant="secondary" busy={cancel.isPending} onClick={() => cancel.mutate()} data-testid="sweep-cancel">
        <Square aria-hidden />
        {t('cancel')}
      </Button>
    );
  }
  const unfinished = sweep.status === 'cancelled' || sweep.status === 'failed';
  return (
    <>
      {csv}
      {unfinished && (
        <Button busy={resume.isPending} onClick={() => resume.mutate()} data-testid="sweep-resume">
          <Play aria-hidden />
          {t('resume')}
        </Button>
      )}
      <Button variant="ghost" onClick={() => setAsking(true)} data-testid="sweep-delete">
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
