import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ChoiceSelect } from '@/components/ui/choice-select';
import { EmptyState } from '@/components/ui/empty-state';
import { PagedTable } from '@/components/ui/paged';
import { SearchField } from '@/components/ui/search-field';
import { KINDS, MARKETS } from '@/features/market/issue-words';
import { queries } from '@/lib/api/queries';
import { useUrlState } from '@/lib/navigation';
import { MostTraded } from './most-traded';
import { useSymbolColumns } from './symbol-columns';
import { SymbolSheet } from './symbol-sheet';

const PAGE_SIZE = 50;
const STATUSES = ['listed', 'delisted'] as const;
const SOURCES = ['demo', 'imported'] as const;

export function SymbolTable() {
  const t = useTranslations('market');
  const { get, page, update, reset } = useUrlState();
  const filter = {
    q: get('q'),
    market: MARKETS.find((value) => value === get('market')),
    kind: KINDS.find((value) => value === get('kind')),
    status: STATUSES.find((value) => value === get('status')),
    source: SOURCES.find((value) => value === get('source')),
  };
  const query = useQuery(queries.symbols({ ...filter, page, page_size: PAGE_SIZE }));
  // Opening a row keeps the page of the list behind it.
  const open = (symbol: string | undefined) => update({ symbol, page });
  const columns = useSymbolColumns(open);
  const opened = get('symbol');
  return (
    <div className="flex flex-col gap-5">
      <MostTraded onOpen={open} />
      <Card>
        <div className="grid gap-3 p-4 sm:px-5 md:grid-cols-[minmax(0,1fr)_auto]">
          <SearchField
            label={t('search')}
            value={filter.q ?? ''}
            onChange={(q) => update({ q })}
            testId="market-search"
          />
          <div className="grid grid-cols-2 gap-3 md:grid-cols-[repeat(4,8.5rem)]">
            <ChoiceSelect
              label={t('market')}
              all={t('allMarkets')}
              value={filter.market}
              options={MARKETS}
              text={(value) => t(`markets.${value}`)}
              onChange={(market) => update({ market })}
              testId="filter-market"
            />
            <ChoiceSelect
              label={t('kind')}
              all={t('allKinds')}
              value={filter.kind}
              options={KINDS}
              text={(value) => t(`kinds.${value}`)}
              onChange={(kind) => update({ kind })}
              testId="filter-kind"
            />
            <ChoiceSelect
              label={t('status')}
              all={t('allStatuses')}
              value={filter.status}
              options={STATUSES}
              text={(value) => t(`statuses.${value}`)}
              onChange={(status) => update({ status })}
              testId="filter-status"
            />
            <ChoiceSelect
              label={t('source')}
              all={t('allSources')}
              value={filter.source}
              options={SOURCES}
              text={(value) => t(`sources.${value}`)}
              onChange={(source) => update({ source })}
              testId="filter-source"
            />
          </div>
        </div>
        <PagedTable
          dense
          query={query}
          loadingRows={8}
          empty={
            <EmptyState
              icon={Search}
              title={t('noSymbols')}
              text={t('noSymbolsHint')}
              action={
                <Button variant="secondary" onClick={() => reset({ tab: 'imports', kind: 'symbols' })}>
                  {t('importSymbols')}
                </Button>
              }
            />
          }
          caption={t('tabs.symbols')}
          columns={columns}
          rowKey={(instrument) => instrument.symbol}
          rowTestId="symbol-row"
        />
        {opened && <SymbolSheet symbol={opened} onClose={() => open(undefined)} />}
      </Card>
    </div>
  );
}
