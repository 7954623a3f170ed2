import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { RunningJob } from '@/components/finance/running-job';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { toast } from '@/components/ui/toast';
import { FailureReason } from '@/features/backtest/failure-reason';
import { backtests } from '@/lib/api/backtests';
import type { BacktestDetail } from '@/lib/api/types';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useCanWrite } from '@/lib/session/store';
import { CheckCard } from './check-card';

/** Whether the result would stand without luck, hindsight or cheap trading. */
export default function RobustnessPanel({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('robustness');
  const client = useQueryClient();
  const problemText = useProblemText();
  const canWrite = useCanWrite();
  const { status, checks, progress, error } = backtest.robustness;
  const underWay = status === 'queued' || status === 'running';
  const start = useMutation({
    mutationFn: () => backtests.testRobustness(backtest.id),
    onError: (cause) => toast.error(problemText(cause)),
    onSettled: () => client.invalidateQueries({ queryKey: ['backtests', 'detail', backtest.id] }),
  });
  const button = canWrite && !underWay && (
    <Button
      variant={checks.length > 0 ? 'secondary' : 'primary'}
      busy={start.isPending}
      onClick={() => start.mutate()}
      data-testid="robustness-run"
    >
      {!start.isPending && <ShieldCheck aria-hidden />}
      {t(checks.length > 0 ? 'again' : 'run')}
    </Button>
  );
  const passed = checks.filter(({ outcome }) => outcome === 'passed').length;
  return (
    <div className="flex flex-col gap-5" data-testid="robustness" data-status={status}>
      <Card>
        {checks.length > 0 || underWay ? (
          <CardHeader
            title={underWay ? t('running') : t('summary', { passed, all: checks.length })}
            hint={t('hint')}
            action={button}
          />
        ) : (
          <EmptyState icon={ShieldCheck} title={t('none')} text={t('noneHint')} action={button} />
        )}
        {underWay && (
          <CardBody>
            <RunningJob
              progress={progress}
              label={t('running')}
              cancelText={t('cancel')}
              cancel={() => backtests.cancelRobustness(backtest.id)}
              listKey="backtests"
              testId="robustness-cancel"
            />
          </CardBody>
        )}
        {error && (
          <CardBody>
            <FailureReason error={error} />
          </CardBody>
        )}
        {status === 'cancelled' && <CardBody className="text-sm text-ink-soft">{t('cancelled')}</CardBody>}
      </Card>
      {checks.length > 0 && (
        <ul className="grid gap-4 lg:grid-cols-2">
          {checks.map((check) => (
            <CheckCard key={check.code} check={check} capital={backtest.initial_capital} final={backtest.final_capital} />
          ))}
        </ul>
      )}
    </div>
  );
}
