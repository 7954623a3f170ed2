import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { queries } from '@/lib/api/queries';
import { risk } from '@/lib/api/risk';
import type { Limit } from '@/lib/api/types';
import { useSeconds } from '@/lib/hooks/use-seconds';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useUnitText } from '@/lib/i18n/use-unit-text';
import { useCanWrite } from '@/lib/session/store';
import { countdown } from './countdown';

interface PendingProps {
  limit: Limit;
  pending: NonNullable<Limit['pending']>;
}

/** A raise that waits: what it will be, how long it takes, and the way to take it back. */
export function Pending({ limit, pending }: PendingProps) {
  const t = useTranslations('risk.limit');
  const client = useQueryClient();
  const canWrite = useCanWrite();
  const unitText = useUnitText();
  const problemText = useProblemText();
  const now = useSeconds();
  const { queryKey } = queries.risk();
  const withdraw = useMutation({
    mutationFn: () => risk.withdrawLimit(limit.name),
    onSuccess: () => toast.success(t('withdrawn')),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  const left = countdown(pending.effective_at, now);
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 rounded-lg bg-warn-soft px-2.5 py-1.5 text-sm" data-testid="limit-pending">
      <span className="tabular text-warn">{t('pending', { value: unitText(pending.value, limit.unit), left })}</span>
      {canWrite && (
        <Button variant="ghost" size="sm" busy={withdraw.isPending} onClick={() => withdraw.mutate()} data-testid="limit-withdraw">
          {t('withdraw')}
        </Button>
      )}
    </div>
  );
}
