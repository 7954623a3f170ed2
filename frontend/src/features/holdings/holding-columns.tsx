import { useTranslations } from 'use-intl';
import { Change } from '@/components/finance/change';
import { SymbolLabel } from '@/components/finance/symbol-label';
import type { Column } from '@/components/ui/data-table';
import type { Holding } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

export function useHoldingColumns(): Column<Holding>[] {
  const t = useTranslations('holdings');
  const format = useFormat();
  const signed = { signed: true };
  return [
    {
      key: 'symbol',
      heading: t('symbol'),
      place: 'lead',
      cell: (holding) => <SymbolLabel issue={holding} />,
    },
    {
      key: 'quantity',
      heading: t('quantity'),
      align: 'right',
      cell: (holding) => format.shares(holding.quantity),
    },
    {
      key: 'sellable',
      heading: t('sellable'),
      align: 'right',
      cell: (holding) => format.shares(holding.sellable_quantity),
    },
    {
      key: 'average',
      heading: t('averagePrice'),
      align: 'right',
      cell: (holding) => format.decimal(holding.average_price),
    },
    {
      key: 'current',
      heading: t('currentPrice'),
      align: 'right',
      cell: (holding) => format.price(holding.current_price),
    },
    {
      key: 'value',
      heading: t('marketValue'),
      align: 'right',
      cell: (holding) => format.price(holding.market_value),
    },
    {
      key: 'pnl',
      heading: t('unrealizedPnl'),
      align: 'right',
      place: 'aside',
      cell: (holding) => (
        <Change
          value={holding.unrealized_pnl}
          text={format.price(holding.unrealized_pnl, signed)}
        />
      ),
    },
    {
      key: 'return',
      heading: t('unrealizedReturn'),
      align: 'right',
      place: 'aside',
      cell: (holding) => (
        <Change
          value={holding.unrealized_pnl}
          text={format.percent(holding.unrealized_return, signed)}
        />
      ),
    },
  ];
}
