import { useQuery } from '@tanstack/react-query';
import { Receipt } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { CsvButton } from '@/components/finance/csv-button';
import { SymbolFilter } from '@/components/finance/symbol-filter';
import { useAccountTradeColumns } from '@/components/finance/trade-columns';
import { DateRange } from '@/components/ui/date-range';
import { EmptyState } from '@/components/ui/empty-state';
import { PagedTable } from '@/components/ui/paged';
import { account } from '@/lib/api/account';
import { queries } from '@/lib/api/queries';
import { useUrlState } from '@/lib/navigation';

const PAGE_SIZE = 50;

export function TradeHistory() {
  const t = useTranslations('history');
  const url = useUrlState();
  const filter = { symbol: url.get('symbol'), from: url.get('from'), to: url.get('to') };
  const query = useQuery(queries.trades({ ...filter, page: url.page, page_size: PAGE_SIZE }));
  const columns = useAccountTradeColumns();
  return (
    <>
      <div className="flex flex-wrap items-center gap-3 p-4 sm:px-5">
        <div className="w-full sm:w-72">
          <SymbolFilter
            value={filter.symbol}
            onChange={(symbol) => url.update({ symbol })}
          />
        </div>
        <DateRange
          from={filter.from}
          to={filter.to}
          labels={{ from: t('from'), to: t('to') }}
          onChange={url.update}
        />
        <span className="sm:ml-auto">
          <CsvButton
            load={() => account.tradesCsv(filter)}
            fileName="exodus-trades.csv"
            disabled={!query.data?.total}
          />
        </span>
      </div>
      <PagedTable
        query={query}
        empty={<EmptyState icon={Receipt} title={t('noTrades')} text={t('noTradesHint')} />}
        caption={t('trades')}
        columns={columns}
        rowKey={(trade) => trade.id}
        rowTestId="trade-row"
      />
    </>
  );
}
