import { useMutation, useQueryClient } from '@tanstack/react-query';
import { BadgeCheck, RotateCw } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Progress } from '@/components/ui/progress';
import { toast } from '@/components/ui/toast';
import { FailureReason } from '@/features/backtest/failure-reason';
import { backtests } from '@/lib/api/backtests';
import type { BacktestDetail } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { wordOf } from '@/lib/i18n/word-of';
import { useCanWrite } from '@/lib/session/store';

/** Runs the same once more and says whether the same came out. */
export function Verdict({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('verification');
  const client = useQueryClient();
  const problemText = useProblemText();
  const canWrite = useCanWrite();
  const format = useFormat();
  const found = backtest.verification;
  const underWay = found.status === 'queued' || found.status === 'running';
  const verify = useMutation({
    mutationFn: () => backtests.verify(backtest.id),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ['backtests', 'detail', backtest.id] }),
  });
  return (
    <Card data-testid="verification" data-status={found.status} data-matches={found.matches ?? ''}>
      <CardHeader
        title={t('title')}
        hint={t('hint')}
        action={
          canWrite && (
            <Button
              variant="secondary"
              busy={verify.isPending || underWay}
              onClick={() => verify.mutate()}
              data-testid="verify-run"
            >
              {!verify.isPending && !underWay && <RotateCw aria-hidden />}
              {t('run')}
            </Button>
          )
        }
      />
      {found.status !== 'none' && (
        <CardBody aria-live="polite" className="flex flex-col gap-2 text-sm">
          {underWay && <Progress value={found.progress} label={t('running')} />}
          {found.matches === true && (
            <p className="flex items-center gap-2 font-semibold text-good">
              <BadgeCheck aria-hidden className="size-5" />
              {t('matches', { date: format.dateTime(found.checked_at) })}
            </p>
          )}
          {found.matches === false && (
            <>
              <p className="font-semibold text-danger">{t('differs', { date: format.dateTime(found.checked_at) })}</p>
              <ul className="flex flex-col gap-1.5">
                {found.differences.map((difference) => (
                  <li key={difference} className="flex items-baseline gap-2">
                    <Badge tone="danger">{wordOf(t, `differences.${difference}.name`)}</Badge>
                    <span className="text-ink-soft">{wordOf(t, `differences.${difference}.about`)}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
          <FailureReason error={found.error} />
        </CardBody>
      )}
    </Card>
  );
}
