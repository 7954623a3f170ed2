import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, CircleX } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Fold } from '@/components/ui/fold';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { armings } from '@/lib/api/armings';
import { queries } from '@/lib/api/queries';
import type { Arming, ArmingStanding } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useCanWrite } from '@/lib/session/store';
import { ArmDialog } from './arm-dialog';

/** What one strategy needs before it may order with real money, and whether it may. */
export function ArmingCard({ id }: { id: number }) {
  const query = useQuery(queries.arming(id, 1));
  return (
    <QueryView query={query} loading={<Skeleton className="h-64 rounded-xl" />}>
      {(standing) => <Standing standing={standing} />}
    </QueryView>
  );
}

function Standing({ standing }: { standing: ArmingStanding }) {
  const t = useTranslations('risk.arming');
  const canWrite = useCanWrite();
  const [arming, setArming] = useState(false);
  const { armed, checks, offer, version, strategy_id: id, strategy_name: name } = standing;
  const isReady = checks.every(({ is_met }) => is_met);
  return (
    <Card data-testid="arming-card" data-armed={armed !== null} className={armed ? 'border-danger' : undefined}>
      <CardHeader
        title={name}
        hint={t('version', { version: version ?? 0 })}
        action={<Badge tone={armed ? 'danger' : 'neutral'}>{t(armed ? 'armed' : 'notArmed')}</Badge>}
      />
      <CardBody className="flex flex-col gap-4">
        {armed ? (
          <Armed arming={armed} />
        ) : (
          <>
            <Checks standing={standing} />
            {offer && <WorstCase standing={standing} />}
            {canWrite && (
              <div className="flex flex-col items-start gap-2">
                <Button variant="danger" disabled={!isReady} onClick={() => setArming(true)} data-testid="arming-open">
                  {t('arm')}
                </Button>
                {!isReady && <p className="text-sm text-ink-soft">{t('notReady')}</p>}
              </div>
            )}
          </>
        )}
      </CardBody>
      {arming && <ArmDialog id={id} onClose={() => setArming(false)} />}
    </Card>
  );
}

function Armed({ arming }: { arming: Arming }) {
  const t = useTranslations('risk.arming');
  const format = useFormat();
  const canWrite = useCanWrite();
  const client = useQueryClient();
  const problemText = useProblemText();
  const disarm = useMutation({
    mutationFn: () => armings.disarm(arming.strategy_id),
    onSuccess: () => toast.success(t('disarmed')),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: queries.armings().queryKey }),
  });
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="text-sm" role="status">
        {t('armedUntil', {
          from: format.date(arming.first_date),
          to: format.date(arming.last_date),
          loss: format.won(arming.max_loss),
        })}
      </p>
      <p className="text-sm text-ink-soft">{t('endsOn')}</p>
      {canWrite && (
        <Button variant="danger" busy={disarm.isPending} onClick={() => disarm.mutate()} data-testid="arming-disarm">
          {t('disarm')}
        </Button>
      )}
    </div>
  );
}

function Checks({ standing }: { standing: ArmingStanding }) {
  const t = useTranslations('risk.arming');
  const { checks, paper_days: days, paper_days_needed: needed } = standing;
  const clean = days.filter(({ flaws }) => flaws.length === 0).length;
  return (
    <div className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">{t('needs')}</h3>
      <ul className="flex flex-col gap-2">
        {checks.map(({ need, is_met: isMet }) => {
          const Icon = isMet ? CircleCheck : CircleX;
          return (
            <li key={need} className="flex items-start gap-2 text-sm" data-testid="arming-check" data-need={need} data-met={isMet}>
              <Icon aria-hidden className={isMet ? 'mt-0.5 size-4 shrink-0 text-good' : 'mt-0.5 size-4 shrink-0 text-danger'} />
              <span className="min-w-0">
                <span className="font-medium">{t(`checks.${need}`)}</span>
                <span className="sr-only"> {t(isMet ? 'met' : 'unmet')}</span>
                {!isMet && <span className="block text-ink-soft">{t(`mends.${need}`)}</span>}
                {need === 'paper_days' && (
                  <span className="tabular block text-ink-faint">
                    {needed === 0 ? t('paperDaysOff') : t('paperDays', { clean, needed })}
                  </span>
                )}
              </span>
            </li>
          );
        })}
      </ul>
      {days.length > 0 && needed > 0 && <PaperDays standing={standing} />}
    </div>
  );
}

function PaperDays({ standing }: { standing: ArmingStanding }) {
  const t = useTranslations('risk.arming');
  const format = useFormat();
  const clean = standing.paper_days.filter(({ flaws }) => flaws.length === 0).length;
  return (
    <Fold title={t('paperDaysTitle')} summary={t('paperDays', { clean, needed: standing.paper_days_needed })} testId="arming-paper-days">
      <ul className="tabular flex flex-col gap-1 text-sm">
        {standing.paper_days.map(({ date, flaws }) => (
          <li key={date} className="flex flex-wrap justify-between gap-x-4">
            <span>{format.date(date)}</span>
            <span className={flaws.length === 0 ? 'text-good' : 'text-ink-soft'}>
              {flaws.length === 0 ? t('clean') : flaws.map((flaw) => t(`flaws.${flaw}`)).join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </Fold>
  );
}

function WorstCase({ standing }: { standing: ArmingStanding }) {
  const t = useTranslations('risk.arming');
  const format = useFormat();
  const { offer } = standing;
  if (!offer) return null;
  return (
    <div className="rounded-lg bg-danger-soft px-3 py-2.5 text-sm" data-testid="arming-worst">
      <p className="font-semibold text-danger">{t('worst', { loss: format.won(offer.max_loss) })}</p>
      <p className="text-ink-soft">{t('worstHint', { exposure: format.won(offer.exposure) })}</p>
      {offer.is_first_day && (
        <p className="text-ink-soft">
          {t('firstDay', { orders: offer.first_day_orders, notional: format.won(offer.first_day_notional) })}
        </p>
      )}
    </div>
  );
}
