import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Card } from '@/components/ui/card';
import { Segmented } from '@/components/ui/segmented';
import { useUrlState } from '@/lib/navigation';
import { OrderHistory } from './order-history';
import { TradeHistory } from './trade-history';

const TABS = ['orders', 'trades'] as const;
type Tab = (typeof TABS)[number];

export function History() {
  const t = useTranslations('history');
  const url = useUrlState();
  const tab: Tab = url.get('tab') === 'trades' ? 'trades' : 'orders';
  return (
    <Page title={t('title')} description={t('description')}>
      <Segmented
        className="self-start"
        label={t('title')}
        value={tab}
        onChange={(next: Tab) =>
          url.update({ tab: next, status: undefined, from: undefined, to: undefined })
        }
        options={TABS.map((value) => ({ value, label: t(value), testId: `history-${value}` }))}
      />
      <Card>{tab === 'orders' ? <OrderHistory /> : <TradeHistory />}</Card>
    </Page>
  );
}
