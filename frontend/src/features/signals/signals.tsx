import { useQuery } from '@tanstack/react-query';
import { Bell } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useSignalColumns } from '@/components/finance/signal-columns';
import { SymbolFilter } from '@/components/finance/symbol-filter';
import { Page } from '@/components/layout/page';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Select } from '@/components/ui/field';
import { PagedTable } from '@/components/ui/paged';
import { queries } from '@/lib/api/queries';
import { Link, useUrlState } from '@/lib/navigation';

const PAGE_SIZE = 50;

export function Signals() {
  const t = useTranslations('signals');
  const url = useUrlState();
  const strategyId = Number(url.get('strategy')) || undefined;
  const symbol = url.get('symbol');
  const query = useQuery(
    queries.signals({ strategy_id: strategyId, symbol, page: url.page, page_size: PAGE_SIZE }),
  );
  const strategies = useQuery(queries.strategyList({ page: 1, page_size: 200 }));
  const columns = useSignalColumns();
  const filtered = strategyId !== undefined || symbol !== undefined;
  return (
    <Page title={t('title')} description={t('description')}>
      <Card>
        <div className="grid gap-3 p-4 sm:grid-cols-[minmax(0,14rem)_minmax(0,18rem)] sm:px-5">
          <Select
            aria-label={t('strategy')}
            value={strategyId ?? ''}
            onChange={(event) => url.update({ strategy: event.target.value })}
          >
            <option value="">{t('allStrategies')}</option>
            {strategies.data?.items.map((strategy) => (
              <option key={strategy.id} value={strategy.id}>
                {strategy.name}
              </option>
            ))}
          </Select>
          <SymbolFilter value={symbol} onChange={(next) => url.update({ symbol: next })} />
        </div>
        <PagedTable
          query={query}
          empty={
            <EmptyState
              icon={Bell}
              title={t(filtered ? 'noneFound' : 'empty')}
              text={t(filtered ? 'noneFoundHint' : 'emptyHint')}
              action={
                !filtered && (
                  <Button asChild>
                    <Link href="/strategies/">{t('toStrategies')}</Link>
                  </Button>
                )
              }
            />
          }
          caption={t('title')}
          columns={columns}
          rowKey={(signal) => signal.id}
          rowTestId="signal-row"
        />
      </Card>
    </Page>
  );
}
