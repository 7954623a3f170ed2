import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Card } from '@/components/ui/card';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Input, Select } from '@/components/ui/field';
import { Pagination } from '@/components/ui/pagination';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { Instrument } from '@/lib/api/types';
import { useDebounced } from '@/lib/hooks/use-debounced';
import { useUrlState } from '@/lib/navigation';
import { useSymbolColumns } from './symbol-columns';

const PAGE_SIZE = 50;
const MARKETS: Instrument['market'][] = ['kospi', 'kosdaq', 'konex'];
const SOURCES = ['demo', 'imported'] as const;

export function SymbolTable() {
  const t = useTranslations('market');
  const url = useUrlState();
  const market = MARKETS.find((value) => value === url.get('market'));
  const source = SOURCES.find((value) => value === url.get('source'));
  const query = useQuery(
    queries.symbols({ q: url.get('q'), market, source, page: url.page, page_size: PAGE_SIZE }),
  );
  const columns = useSymbolColumns();
  return (
    <Card>
      <div className="grid gap-3 p-4 sm:grid-cols-[minmax(0,1fr)_10rem_10rem] sm:px-5">
        <SearchBox />
        <Select
          aria-label={t('market')}
          value={market ?? ''}
          onChange={(event) => url.update({ market: event.target.value })}
        >
          <option value="">{t('allMarkets')}</option>
          {MARKETS.map((value) => (
            <option key={value} value={value}>
              {t(`markets.${value}`)}
            </option>
          ))}
        </Select>
        <Select
          aria-label={t('source')}
          value={source ?? ''}
          onChange={(event) => url.update({ source: event.target.value })}
        >
          <option value="">{t('allSources')}</option>
          {SOURCES.map((value) => (
            <option key={value} value={value}>
              {t(`sources.${value}`)}
            </option>
          ))}
        </Select>
      </div>
      <QueryView query={query} loading={<SkeletonRows rows={8} />}>
        {(page) =>
          page.items.length === 0 ? (
            <EmptyState icon={Search} title={t('noSymbols')} text={t('noSymbolsHint')} />
          ) : (
            <>
              <DataTable
                dense
                caption={t('tabs.symbols')}
                columns={columns}
                rows={page.items}
                rowKey={(instrument) => instrument.symbol}
                rowTestId="symbol-row"
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
    </Card>
  );
}

const TYPING_PAUSE_MS = 300;

/** Typing goes into the address once it pauses. */
function SearchBox() {
  const t = useTranslations('market');
  const { get, update } = useUrlState();
  const shown = get('q') ?? '';
  const [text, setText] = useState(shown);
  const settled = useDebounced(text.trim(), TYPING_PAUSE_MS);
  useEffect(() => {
    if (settled !== shown) update({ q: settled });
    // Only typing writes the address; a changed address must not write itself again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);
  return (
    <span className="relative">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-faint"
      />
      <Input
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="pl-9"
        data-testid="market-search"
      />
    </span>
  );
}
