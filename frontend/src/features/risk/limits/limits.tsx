import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, CardHeader } from '@/components/ui/card';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { LimitName, Risk } from '@/lib/api/types';
import { DayCard } from './day-card';
import { LimitRow } from './limit-row';

/** The limits by what they guard, in the order of the checks. */
const GROUPS: Record<'size' | 'exposure' | 'pace' | 'price' | 'loss' | 'strategy', LimitName[]> = {
  size: ['max_order_notional', 'max_volume_share', 'fat_finger_times', 'fat_finger_equity'],
  exposure: ['max_position', 'max_gross'],
  pace: ['max_open_orders', 'max_open_orders_per_symbol', 'max_orders_per_minute', 'max_orders_per_minute_per_symbol', 'max_orders_per_day', 'max_cancels_per_minute'],
  loss: ['max_daily_loss', 'max_daily_loss_share'],
  price: ['max_quote_age', 'price_collar'],
  strategy: ['duplicate_window', 'max_fills_per_day', 'max_refusals_in_a_row'],
};

/** Every limit of the shown account, how much of it is used, and who changed it. */
export function Limits() {
  const query = useQuery(queries.risk());
  return (
    <QueryView query={query} loading={<SkeletonRows rows={10} />}>
      {(risk) => (
        <>
          {risk.day && <DayCard day={risk.day} />}
          {(Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => (
            <Group key={group} group={group} risk={risk} />
          ))}
        </>
      )}
    </QueryView>
  );
}

function Group({ group, risk }: { group: keyof typeof GROUPS; risk: Risk }) {
  const t = useTranslations('risk.limitGroups');
  const limits = GROUPS[group].flatMap((name) => risk.limits.filter((limit) => limit.name === name));
  return (
    <Card>
      <CardHeader title={t(group)} />
      <ul className="divide-y divide-line border-t border-line">
        {limits.map((limit) => (
          <LimitRow key={limit.name} limit={limit} />
        ))}
      </ul>
    </Card>
  );
}
