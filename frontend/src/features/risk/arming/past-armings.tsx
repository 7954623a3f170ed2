import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, CardHeader } from '@/components/ui/card';
import { queries } from '@/lib/api/queries';
import { useFormat } from '@/lib/format/use-format';

/** Armings that have ended, and why; nothing at all where there are none. */
export function PastArmings() {
  const t = useTranslations('risk.arming');
  const format = useFormat();
  const { data } = useQuery(queries.armingList({ page: 1, page_size: 20 }));
  const past = data?.items.filter(({ ended_at }) => ended_at !== null) ?? [];
  if (past.length === 0) return null;
  return (
    <Card data-testid="arming-past">
      <CardHeader title={t('pastTitle')} hint={t('pastHint')} />
      <ul className="divide-y divide-line border-t border-line">
        {past.map((arming) => (
          <li key={arming.id} className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 px-4 py-3 text-sm sm:px-5">
            <span className="font-semibold">{t('pastName', { name: arming.strategy_name, version: arming.version })}</span>
            <span className="tabular text-ink-soft">
              {arming.ended_at && format.dateTime(arming.ended_at)}
              {arming.end_reason && ` · ${t(`ends.${arming.end_reason}`)}`}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
