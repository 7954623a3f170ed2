import { useQuery } from '@tanstack/react-query';
import { Wallet } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { Link, useUrlState } from '@/lib/navigation';
import { useQuoteStream } from '@/lib/realtime/provider';
import { HoldingsSummary } from './holdings-summary';
import { useHoldingColumns } from './holding-columns';

const PAGE_SIZE = 50;

export function Holdings() {
  const t = useTranslations('holdings');
  const url = useUrlState();
  const query = useQuery(queries.holdings({ page: url.page, page_size: PAGE_SIZE }));
  const columns = useHoldingColumns();
  useQuoteStream((query.data?.items ?? []).map((holding) => holding.symbol));
  return (
    <Page title={t('title')} description={t('description')}>
      <HoldingsSummary />
      <Card>
        <CardHeader title={t('list')} />
        <QueryView query={query} loading={<SkeletonRows />}>
          {(page) =>
            page.items.length === 0 ? (
              <EmptyState
                icon={Wallet}
                title={t('empty')}
                text={t('emptyHint')}
                action={
                  <Button asChild>
                    <Link href="/trading/">{t('toTrading')}</Link>
                  </Button>
                }
              />
            ) : (
              <>
                <DataTable
                  caption={t('title')}
                  columns={columns}
                  rows={page.items}
                  rowKey={(holding) => holding.symbol}
                  rowTestId="holding-row"
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
    </Page>
  );
}
