import { useQuery } from '@tanstack/react-query';
import { Wallet } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { PagedTable } from '@/components/ui/paged';
import { queries } from '@/lib/api/queries';
import { Link, useUrlState } from '@/lib/navigation';
import { useQuoteStream } from '@/lib/realtime/provider';
import { HoldingsSummary } from './holdings-summary';
import { useHoldingColumns } from './holding-columns';
import { Settlement } from './settlement';

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
        <PagedTable
          query={query}
          empty={
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
          }
          caption={t('title')}
          columns={columns}
          rowKey={(holding) => holding.symbol}
          rowTestId="holding-row"
        />
      </Card>
      <Settlement />
    </Page>
  );
}
