import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Progress } from '@/components/ui/progress';
import type { Risk } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { toneOf } from './tone';
import { usedShare } from './limit-value';

/** What was lost today, and how much more may be. */
export function DayCard({ day }: { day: NonNullable<Risk['day']> }) {
  const t = useTranslations('risk.day');
  const format = useFormat();
  const lost = Math.max(0, day.loss);
  const share = usedShare(lost, day.loss_limit) ?? 0;
  return (
    <Card data-testid="risk-day">
      <CardHeader title={t('title')} hint={t('hint', { date: format.date(day.date) })} />
      <CardBody className="flex flex-col gap-2">
        <p className="tabular flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
          <span className="text-lg font-bold">{day.loss === 0 ? t('even') : t(day.loss > 0 ? 'lost' : 'won', { amount: format.won(Math.abs(day.loss)) })}</span>
          <span className="text-ink-faint">{t('limit', { amount: format.won(day.loss_limit) })}</span>
        </p>
        <Progress value={share} label={t('title')} tone={toneOf(share)} />
        <p className="tabular text-sm text-ink-soft">
          {t('equity', { opening: format.won(day.opening_equity), now: format.won(day.equity) })}
        </p>
        {day.reached_at && (
          <p className="text-sm font-semibold text-danger" role="status">
            {t('reached', { time: format.time(day.reached_at) })}
          </p>
        )}
      </CardBody>
    </Card>
  );
}
