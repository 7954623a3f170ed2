import { useQuery } from '@tanstack/react-query';
import { Receipt } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { CsvButton } from '@/components/finance/csv-button';
import { useBacktestTradeColumns } from '@/components/finance/trade-columns';
import { Card, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { PagedTable } from '@/components/ui/paged';
import { backtests } from '@/lib/api/backtests';
import { queries } from '@/lib/api/queries';
import type { BacktestTrade } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';

const PAGE_SIZE = 50;

/** Every single fill, in the order of time. */
export function Fills({ id }: { id: number }) {
  const t = useTranslations('run');
  const url = useUrlState();
  const query = useQuery(queries.backtestTrades(id, { page: url.page, page_size: PAGE_SIZE }));
  const columns = useBacktestTradeColumns<BacktestTrade>();
  return (
    <Card>
      <CardHeader
        title={t('fills')}
        action={
          <CsvButton
            load={() => backtests.tradesCsv(id)}
            fileName={`backtest-${id}-trades.csv`}
            disabled={!query.data?.total}
          />
        }
      />
      <PagedTable
        dense
        query={query}
        empty={<EmptyState icon={Receipt} title={t('noTrades')} text={t('noTradesHint')} />}
        caption={t('fills')}
        columns={columns}
        rowKey={(_, index) => index}
        rowTestId="backtest-trade-row"
      />
    </Card>
  );
}
