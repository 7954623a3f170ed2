import { useTranslations } from 'use-intl';
import type { Column } from '@/components/ui/data-table';
import type { Side, Trade } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import type { NamedIssue } from '@/lib/i18n/use-issue-name';
import { SideBadge } from './badges';
import { Change } from './change';
import { OrderLink } from './order-link';
import { SymbolLabel } from './symbol-label';

/** What trades of the account and of a backtest have in common. */
interface TradeRow extends NamedIssue {
  side: Side;
  quantity: number;
  /** A fill over several prices has an average, which is a decimal string. */
  price: number | string;
  commission: number;
  tax: number;
  realized_pnl?: number | null;
  executed_at: string;
}

export function useTradeColumns<T extends TradeRow>(): Column<T>[] {
  const t = useTranslations('trades');
  const format = useFormat();
  return [
    { key: 'time', heading: t('time'), place: 'sub', cell: (row) => format.dateTime(row.executed_at) },
    {
      key: 'symbol',
      heading: t('symbol'),
      place: 'lead',
      cell: (row) => <SymbolLabel issue={row} />,
    },
    { key: 'side', heading: t('side'), place: 'aside', cell: (row) => <SideBadge side={row.side} /> },
    {
      key: 'quantity',
      heading: t('quantity'),
      align: 'right',
      cell: (row) => format.shares(row.quantity),
    },
    { key: 'price', heading: t('price'), align: 'right', cell: (row) => (typeof row.price === 'string' ? format.decimal(row.price) : format.price(row.price)) },
    {
      key: 'costs',
      heading: t('costs'),
      align: 'right',
      cell: (row) => format.price(row.commission + row.tax),
    },
    {
      key: 'pnl',
      heading: t('realizedPnl'),
      align: 'right',
      cell: (row) => (
        <Change
          value={row.realized_pnl}
          text={format.price(row.realized_pnl, { signed: true })}
        />
      ),
    },
  ];
}

/** Trades of the account lead to the orders they fill. */
export function useAccountTradeColumns(): Column<Trade>[] {
  return useTradeColumns<Trade>().map((column) =>
    column.key === 'time' ? { ...column, cell: (row: Trade) => <OrderLink id={row.order_id} at={row.executed_at} /> } : column,
  );
}

/** Backtests run on days, and their trades are best read with the year. */
export function useBacktestTradeColumns<T extends TradeRow>(): Column<T>[] {
  const format = useFormat();
  return useTradeColumns<T>().map((column) =>
    column.key === 'time' ? { ...column, cell: (row: T) => format.date(row.executed_at) } : column,
  );
}
