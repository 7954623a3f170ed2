import { useQuery } from '@tanstack/react-query';
import { Scale } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { CsvButton } from '@/components/finance/csv-button';
import { Badge, type Tone } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { DataTable, type Column } from '@/components/ui/data-table';
import { DateRange } from '@/components/ui/date-range';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { proof } from '@/lib/api/proof';
import { queries } from '@/lib/api/queries';
import type { ProvenDay } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { useUrlState } from '@/lib/navigation';
import { differing, standingOf, type DayStanding } from './standing';

/** Each day of each account: sent = at the broker = booked, by count and amount. */
export function Days() {
  const t = useTranslations('proof.days');
  const url = useUrlState();
  const range = { from: url.get('from'), to: url.get('to') };
  const query = useQuery(queries.proof(range));
  const columns = useColumns();
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-3 p-4 sm:px-5">
        <DateRange from={range.from} to={range.to} labels={{ from: t('from'), to: t('to') }} onChange={url.update} testId="proof" />
        <span className="sm:ml-auto">
          <CsvButton load={() => proof.csv(range)} fileName="exodus-proof.csv" disabled={!query.data?.length} />
        </span>
      </div>
      <QueryView query={query} loading={<SkeletonRows rows={5} />}>
        {(days) =>
          days.length === 0 ? (
            <EmptyState icon={Scale} title={t('none')} text={t('noneHint')} />
          ) : (
            <DataTable caption={t('caption')} columns={columns} rows={days} rowKey={(day) => `${day.account_id}-${day.date}`} rowTestId="proof-row" />
          )
        }
      </QueryView>
    </Card>
  );
}

const TONE: Record<DayStanding, Tone> = { holds: 'good', open: 'neutral', differs: 'danger' };

function useColumns(): Column<ProvenDay>[] {
  const t = useTranslations('proof.days');
  const format = useFormat();
  return [
    { key: 'date', heading: t('date'), place: 'lead', cell: (day) => <span className="font-semibold">{format.date(day.date)}</span> },
    { key: 'account', heading: t('account'), place: 'sub', cell: (day) => <AccountOf day={day} /> },
    ...(['sent', 'found', 'booked'] as const).map(
      (part): Column<ProvenDay> => ({
        key: part,
        heading: t(part),
        align: 'right',
        place: 'row',
        cell: (day) => <Counted day={day} part={part} />,
      }),
    ),
    { key: 'others', heading: t('others'), place: 'row', wrap: true, cell: (day) => <Others day={day} /> },
    { key: 'standing', heading: t('standing'), place: 'aside', wrap: true, cell: (day) => <Standing day={day} /> },
  ];
}

function AccountOf({ day }: { day: ProvenDay }) {
  const accountName = useAccountName();
  const { data: accounts } = useQuery(queries.accounts());
  const account = accounts?.find(({ id }) => id === day.account_id);
  return account ? accountName(account) : day.account_name;
}

function Counted({ day, part }: { day: ProvenDay; part: 'sent' | 'found' | 'booked' }) {
  const t = useTranslations('proof.days');
  const format = useFormat();
  // While a day is open its list may lag behind.
  const wrong = day.closed_at !== null && part !== 'sent' && differing(day).includes(part);
  return (
    <span className={cn('inline-flex flex-wrap justify-end gap-x-2', wrong && 'font-bold text-danger')}>
      <span>{t('count', { count: day[part].count })}</span>
      <span>{format.won(day[part].amount)}</span>
    </span>
  );
}

/** What else happened: orders of others, refused ones, ones that never came, and doubts. */
function Others({ day }: { day: ProvenDay }) {
  const t = useTranslations('proof.days');
  const parts = [
    day.external.count > 0 && t('external', { count: day.external.count }),
    day.refused > 0 && t('refused', { count: day.refused }),
    day.absent > 0 && t('absent', { count: day.absent }),
    day.doubts > 0 && t('doubts', { count: day.doubts }),
  ].filter(Boolean);
  return <span className="text-ink-soft">{parts.length > 0 ? parts.join(' · ') : '–'}</span>;
}

function Standing({ day }: { day: ProvenDay }) {
  const t = useTranslations('proof.days');
  const format = useFormat();
  const standing = standingOf(day);
  return (
    <span className="inline-flex flex-col items-start gap-0.5 max-md:items-end">
      <Badge tone={TONE[standing]} data-testid="proof-standing" data-standing={standing}>
        {t(`standings.${standing}`)}
      </Badge>
      {(day.checked_at ?? day.closed_at) && (
        <span className="tabular text-xs text-ink-faint">
          {day.checked_at ? t('checked', { time: format.dateTime(day.checked_at) }) : t('closed', { time: format.dateTime(day.closed_at) })}
        </span>
      )}
    </span>
  );
}
