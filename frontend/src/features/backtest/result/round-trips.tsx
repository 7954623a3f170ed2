import { useQuery } from '@tanstack/react-query';
import { Receipt } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { CsvButton } from '@/components/finance/csv-button';
import { Card, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { PagedTable } from '@/components/ui/paged';
import { backtests } from '@/lib/api/backtests';
import type { RoundTrip } from '@/lib/api/types';
import { queries } from '@/lib/api/queries';
import { useUrlState } from '@/lib/navigation';
import { csvOf } from './round-trip-csv';
import { useTripColumns } from './trip-columns';

const PAGE_SIZE = 25;
const CSV_PAGE = 200;

interface RoundTripsProps {
  id: number;
  shown: RoundTrip | null;
  onShow: (trip: RoundTrip) => void;
}

/** Each position from its first share to its last. */
export function RoundTrips({ id, shown, onShow }: RoundTripsProps) {
  const t = useTranslations('run');
  const url = useUrlState();
  const sort = url.get('sort');
  const query = useQuery(queries.roundTrips(id, { page: url.page, page_size: PAGE_SIZE, sort }));
  const columns = useTripColumns({ sort, onSort: (next) => url.update({ sort: next }), shown, onShow });
  return (
    <Card>
      <CardHeader
        title={t('roundTrips')}
        hint={t('roundTripsHint')}
        action={
          <CsvButton
            load={async () => csvOf(await allTrips(id, sort))}
            fileName={`backtest-${id}-round-trips.csv`}
            disabled={!query.data?.total}
          />
        }
      />
      <PagedTable
        dense
        query={query}
        empty={<EmptyState icon={Receipt} title={t('noTrades')} text={t('noTradesHint')} />}
        caption={t('roundTrips')}
        columns={columns}
        rowKey={(trip) => `${trip.symbol}-${trip.opened_at}`}
        rowTestId="round-trip-row"
      />
    </Card>
  );
}

async function allTrips(id: number, sort: string | undefined): Promise<RoundTrip[]> {
  const all: RoundTrip[] = [];
  for (let page = 1; ; page += 1) {
    const { items, total } = await backtests.roundTrips(id, { page, page_size: CSV_PAGE, sort });
    all.push(...items);
    if (page * CSV_PAGE >= total) return all;
  }
}
