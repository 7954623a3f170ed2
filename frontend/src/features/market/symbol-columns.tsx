import { useTranslations } from 'use-intl';
import { SymbolLabel } from '@/components/finance/symbol-label';
import { Badge } from '@/components/ui/badge';
import type { Column } from '@/components/ui/data-table';
import type { Instrument } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

export function useSymbolColumns(): Column<Instrument>[] {
  const t = useTranslations('market');
  const format = useFormat();
  return [
    {
      key: 'name',
      heading: t('name'),
      place: 'lead',
      cell: (instrument) => <SymbolLabel issue={instrument} />,
    },
    {
      key: 'source',
      heading: t('source'),
      place: 'aside',
      cell: (instrument) => (
        <Badge tone={instrument.is_demo ? 'warn' : 'neutral'}>
          {t(instrument.is_demo ? 'sources.demo' : 'sources.imported')}
        </Badge>
      ),
    },
    {
      key: 'market',
      heading: t('market'),
      cell: (instrument) => `${t(`markets.${instrument.market}`)} · ${t(`kinds.${instrument.kind}`)}`,
    },
    {
      key: 'from',
      heading: t('from'),
      align: 'right',
      cell: (instrument) => format.date(instrument.daily_from),
    },
    {
      key: 'to',
      heading: t('to'),
      align: 'right',
      cell: (instrument) => format.date(instrument.daily_to),
    },
    {
      key: 'bars',
      heading: t('bars'),
      align: 'right',
      cell: (instrument) => format.integer(instrument.daily_bars),
    },
  ];
}
