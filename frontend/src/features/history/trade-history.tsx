import { useQuery } from '@tanstack/react-query';
import { Receipt } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { CsvButton } from '@/components/finance/csv-button';
import { SymbolFilter } from '@/components/finance/symbol-filter';
import { useTradeColumns } from '@/components/finance/trade-columns';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Input } from '@/components/ui/field';
import { Pagination } from '@/components/ui/pagination';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { account } from '@/lib/api/account';
import { queries } from '@/lib/api/queries';
import type { Trade } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';

const PAGE_SIZE = 50;

export function TradeHistory() {
  const t = useTranslations('history');
  const url = useUrlState();
  const filter = { symbol: url.get('symbol'), from: url.get('from'), to: url.get('to') };
  const query = useQuery(queries.trades({ ...filter, page: url.page, page_size: PAGE_SIZE }));
  const columns = useTradeColumns<Trade>();
  return (
    <>
      <div className="flex flex-wrap items-center gap-3 p-4 sm:px-5">
        <div className="w-full sm:w-72">
          <SymbolFilter
            value={filter.symbol}
            onChange={(symbol) => url.update({ symbol })}
          />
        </div>
        <div className="flex min-w-0 items-center gap-2 max-sm:w-full">
          <Input
            type="date"
            aria-label={t('from')}
            value={filter.from ?? ''}
            max={filter.to}
            onChange={(event) => url.update({ from: event.target.value })}
          />
          <span aria-hidden>–</span>
          <Input
            type="date"
            aria-label={t('to')}
            value={filter.to ?? ''}
            min={filter.from}
            onChange={(event) => url.update({ to: event.target.value })}
          />
        </div>
        <span className="sm:ml-auto">
          <CsvButton
            load={() => account.tradesCsv(filter)}
            fileName="exodus-trades.csv"
            disabled={!query.data?.total}
          />
        </span>
      </div>
      <QueryView query={query} loading={<SkeletonRows />}>
        {(page) =>
          page.items.length === 0 ? (
            <EmptyState icon={Receipt} title={t('noTrades')} text={t('noTradesHint')} />
          ) : (
            <>
              <DataTable
                caption={t('trades')}
                columns={columns}
                rows={page.items}
                rowKey={(trade) => trade.id}
                rowTestId="trade-row"
              />
              <Pagination
                page={url.page}
                pageSize={PAGE_SIZE}
                total={page.total}
                onChange={(next) => url.update({ page: next })}
              />
            </>
          )
        }
      </QueryView>
    </>
  );
}
