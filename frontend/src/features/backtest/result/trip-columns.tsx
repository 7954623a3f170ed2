import { LocateFixed } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Change } from '@/components/finance/change';
import { SymbolLabel } from '@/components/finance/symbol-label';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { Column } from '@/components/ui/data-table';
import { SortHeading, sortedBy, type Sort } from '@/components/ui/sort-heading';
import type { RoundTrip } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

interface TripColumns {
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
  shown: RoundTrip | null;
  onShow: (trip: RoundTrip) => void;
}

const isSame = (a: RoundTrip | null, b: RoundTrip) => a?.symbol === b.symbol && a.opened_at === b.opened_at;

/** The part of what was paid that an excursion came to. */
const ofCost = (amount: number | null, { bought }: RoundTrip) =>
  amount === null || bought === 0 ? null : amount / bought;

export function useTripColumns({ sort, onSort, shown, onShow }: TripColumns): Column<RoundTrip>[] {
  const t = useTranslations('run');
  const format = useFormat();
  const sortable = (column: string, name: string) => ({
    heading: <SortHeading name={name} column={column} sort={sort} onSort={onSort} />,
    sorted: sortedBy(sort, column),
  });
  return [
    { key: 'symbol', ...sortable('symbol', t('issue')), place: 'lead', cell: (trip) => <SymbolLabel issue={trip} /> },
    {
      key: 'opened',
      ...sortable('opened_at', t('opened')),
      place: 'sub',
      cell: ({ opened_at }) => format.date(opened_at),
    },
    {
      key: 'closed',
      ...sortable('closed_at', t('closed')),
      place: 'sub',
      cell: ({ closed_at }) => (closed_at ? format.date(closed_at) : <Badge tone="accent">{t('stillOpen')}</Badge>),
    },
    { key: 'shares', heading: t('shares'), align: 'right', cell: (trip) => format.shares(trip.quantity) },
    {
      key: 'entry',
      heading: t('entryPrice'),
      align: 'right',
      cell: ({ entry_price }) => <span title={format.decimal(entry_price)}>{format.price(Number(entry_price))}</span>,
    },
    {
      key: 'exit',
      heading: t('exitPrice'),
      align: 'right',
      cell: ({ exit_price }) => (
        <span title={format.decimal(exit_price)}>{format.price(exit_price === null ? null : Number(exit_price))}</span>
      ),
    },
    {
      key: 'pnl',
      ...sortable('pnl', t('pnl')),
      align: 'right',
      cell: ({ pnl }) => <Change value={pnl} text={format.won(pnl, { signed: true })} />,
    },
    {
      key: 'return',
      ...sortable('return', t('return')),
      align: 'right',
      place: 'aside',
      cell: (trip) => <Change value={trip.return} text={format.percent(trip.return, { signed: true })} />,
    },
    {
      key: 'mae',
      ...sortable('mae', t('mae')),
      align: 'right',
      cell: (trip) => <span title={format.won(trip.mae)}>{format.percent(ofCost(trip.mae, trip))}</span>,
    },
    {
      key: 'mfe',
      ...sortable('mfe', t('mfe')),
      align: 'right',
      cell: (trip) => <span title={format.won(trip.mfe)}>{format.percent(ofCost(trip.mfe, trip), { signed: true })}</span>,
    },
    {
      key: 'held',
      ...sortable('holding_sessions', t('heldSessions')),
      align: 'right',
      cell: ({ holding_sessions }) => format.integer(holding_sessions),
    },
    {
      key: 'show',
      heading: t('showOnChart'),
      place: 'action',
      cell: (trip) => (
        <Button
          variant={isSame(shown, trip) ? 'secondary' : 'ghost'}
          size="sm"
          aria-label={t('showOnChart')}
          aria-pressed={isSame(shown, trip)}
          onClick={() => onShow(trip)}
          data-testid="round-trip-show"
        >
          <LocateFixed aria-hidden />
          <span className="md:hidden">{t('showOnChart')}</span>
        </Button>
      ),
    },
  ];
}
