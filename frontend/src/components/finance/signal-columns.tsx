import { useTranslations } from 'use-intl';
import type { Column } from '@/components/ui/data-table';
import type { Signal } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { SignalBadge } from './badges';
import { OrderLink } from './order-link';
import { ReasonText } from './reason-text';
import { StrategyLabel } from './strategy-label';
import { SymbolLabel } from './symbol-label';

export function useSignalColumns(): Column<Signal>[] {
  const t = useTranslations('signals');
  const format = useFormat();
  return [
    {
      key: 'time',
      heading: t('time'),
      place: 'sub',
      cell: ({ order_id, created_at }) => (order_id === null ? format.dateTime(created_at) : <OrderLink id={order_id} at={created_at} />),
    },
    {
      key: 'symbol',
      heading: t('symbol'),
      place: 'lead',
      cell: (signal) => <SymbolLabel issue={signal} />,
    },
    {
      key: 'type',
      heading: t('type'),
      place: 'aside',
      cell: (signal) => <SignalBadge type={signal.signal_type} />,
    },
    {
      key: 'strategy',
      heading: t('strategy'),
      cell: ({ strategy_id, strategy_name, strategy_version }) => (
        <StrategyLabel id={strategy_id} name={strategy_name} version={strategy_version} />
      ),
    },
    {
      key: 'confidence',
      heading: t('confidence'),
      align: 'right',
      cell: (signal) => format.percent(signal.confidence_score, { digits: 0 }),
    },
    {
      key: 'price',
      heading: t('price'),
      align: 'right',
      cell: (signal) => format.price(signal.price),
    },
    {
      key: 'quantity',
      heading: t('quantity'),
      align: 'right',
      cell: (signal) => format.shares(signal.quantity),
    },
    {
      key: 'reason',
      heading: t('reason'),
      wrap: true,
      place: 'row',
      cell: (signal) => (
        <span className="text-ink-soft">
          <ReasonText reason={signal.reason} />
        </span>
      ),
    },
  ];
}
