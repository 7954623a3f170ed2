import { useTranslations } from 'use-intl';
import { Badge } from '@/components/ui/badge';
import type { Column } from '@/components/ui/data-table';
import type { Instrument } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { useMarketAndKind } from '@/features/market/issue-words';
import { StateBadges } from './state-badges';

export function useSymbolColumns(onOpen: (symbol: string) => void): Column<Instrument>[] {
  const t = useTranslations('market');
  const format = useFormat();
  const issueName = useIssueName();
  const marketAndKind = useMarketAndKind();
  return [
    {
      key: 'name',
      heading: t('name'),
      place: 'lead',
      wrap: true,
      cell: (instrument) => (
        <button
          type="button"
          onClick={() => onOpen(instrument.symbol)}
          className="inline-flex min-h-6 flex-wrap items-baseline gap-x-1.5 text-left underline-offset-2 hover:underline"
          data-testid="symbol-open"
        >
          <span className="font-semibold">{issueName(instrument)}</span>
          <span className="tabular text-xs text-ink-faint">{instrument.symbol}</span>
        </button>
      ),
    },
    {
      key: 'market',
      heading: t('market'),
      place: 'sub',
      cell: marketAndKind,
    },
    {
      key: 'states',
      heading: t('states'),
      place: 'aside',
      cell: (instrument) => (
        <span className="flex flex-wrap gap-1 max-md:max-w-44 max-md:justify-end">
          {instrument.is_demo && <Badge tone="accent">{t('sources.demo')}</Badge>}
          <StateBadges instrument={instrument} />
        </span>
      ),
    },
    {
      key: 'history',
      heading: t('history'),
      align: 'right',
      place: 'row',
      cell: (instrument) =>
        instrument.daily_bars === 0 ? (
          <span className="text-ink-faint">{t('noHistory')}</span>
        ) : (
          <>
            {format.date(instrument.daily_from)} – {format.date(instrument.daily_to)}
            <span className="ml-2 inline-block min-w-14 text-xs text-ink-faint">
              {t('days', { count: instrument.daily_bars })}
            </span>
          </>
        ),
    },
  ];
}
