import { useQuery } from '@tanstack/react-query';
import { Bell, Receipt } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useSignalColumns } from '@/components/finance/signal-columns';
import { useAccountTradeColumns } from '@/components/finance/trade-columns';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { DataTable, type Column } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { Signal } from '@/lib/api/types';
import { Link } from '@/lib/navigation';

const ROWS = 6;
const FIRST_PAGE = { page: 1, page_size: ROWS };

/** A dashboard shows the columns one looks at first; the full page has the rest. */
function without<T>(columns: Column<T>[], hidden: string[]): Column<T>[] {
  return columns.filter((column) => !hidden.includes(column.key));
}

function RecentCard({ title, href, children }: { title: string; href: string; children: ReactNode }) {
  const t = useTranslations('dashboard');
  return (
    <Card>
      <CardHeader
        title={title}
        action={
          <Button asChild variant="ghost" size="sm">
            <Link href={href} prefetch={false}>
              {t('all')}
            </Link>
          </Button>
        }
      />
      {children}
    </Card>
  );
}

export function RecentTrades() {
  const t = useTranslations('dashboard');
  const query = useQuery(queries.trades(FIRST_PAGE));
  const columns = without(useAccountTradeColumns(), ['costs']);
  return (
    <RecentCard title={t('recentTrades')} href="/history/?tab=trades">
      <QueryView query={query} loading={<SkeletonRows />}>
        {(page) =>
          page.items.length === 0 ? (
            <EmptyState icon={Receipt} title={t('noTrades')} text={t('noTradesHint')} />
          ) : (
            <DataTable
              dense
              caption={t('recentTrades')}
              columns={columns}
              rows={page.items}
              rowKey={(trade) => trade.id}
              rowTestId="trade-row"
            />
          )
        }
      </QueryView>
    </RecentCard>
  );
}

export function RecentSignals() {
  const t = useTranslations('dashboard');
  const query = useQuery(queries.signals(FIRST_PAGE));
  const columns = without(useSignalColumns(), ['quantity', 'reason', 'confidence']);
  return (
    <RecentCard title={t('recentSignals')} href="/signals/">
      <QueryView query={query} loading={<SkeletonRows />}>
        {(page) =>
          page.items.length === 0 ? (
            <EmptyState icon={Bell} title={t('noSignals')} text={t('noSignalsHint')} />
          ) : (
            <DataTable<Signal>
              dense
              caption={t('recentSignals')}
              columns={columns}
              rows={page.items}
              rowKey={(signal) => signal.id}
              rowTestId="signal-row"
            />
          )
        }
      </QueryView>
    </RecentCard>
  );
}
