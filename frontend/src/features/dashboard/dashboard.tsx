import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { useShownAccount } from '@/components/layout/use-shown-account';
import { queries } from '@/lib/api/queries';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { useQuoteStream } from '@/lib/realtime/provider';
import { useSession } from '@/lib/session/store';
import { AccountTiles } from './account-tiles';
import { ActiveStrategies } from './active-strategies';
import { FirstSteps } from './first-steps';
import { PerformancePanel } from './performance-panel';
import { RecentSignals, RecentTrades } from './recent';

export function Dashboard() {
  const t = useTranslations('dashboard');
  const name = useSession((state) => state.user?.full_name ?? '');
  const account = useShownAccount();
  const accountName = useAccountName();
  const { data: holdings } = useQuery(queries.holdings({ page: 1, page_size: 200 }));
  useQuoteStream((holdings?.items ?? []).map((holding) => holding.symbol));
  return (
    <Page title={t('title')} description={account && t('welcome', { name, account: accountName(account) })}>
      <FirstSteps />
      <AccountTiles />
      <div className="grid gap-5 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <PerformancePanel />
        <ActiveStrategies />
      </div>
      <div className="grid gap-5 xl:grid-cols-2">
        <RecentTrades />
        <RecentSignals />
      </div>
    </Page>
  );
}
