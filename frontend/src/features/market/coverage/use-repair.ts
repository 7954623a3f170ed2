import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { toast } from '@/components/ui/toast';
import { history } from '@/lib/api/history';
import type { BackfillRequest, Interval } from '@/lib/api/types';
import { useProblemText } from '@/lib/i18n/use-problem-text';

/** Whether feeds give bars of this length; the others are made of minutes. */
export function isFed(interval: Interval): interval is BackfillRequest['interval'] {
  return interval === '1m' || interval === '1d';
}

/** Starts the work that asks the market for the bars that are missing, and for nothing else. */
export function useRepair() {
  const t = useTranslations('coverage');
  const client = useQueryClient();
  const problemText = useProblemText();
  return useMutation({
    mutationFn: (request: BackfillRequest) => history.startBackfill(request),
    onSuccess: () => toast.info(t('repairStarted')),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ['backfills'] }),
  });
}
