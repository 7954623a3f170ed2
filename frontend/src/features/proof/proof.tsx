import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Skeleton } from '@/components/ui/skeleton';
import { Tabs } from '@/components/ui/tabs';
import { SafetyWords } from '@/lib/i18n/safety-words';
import { useUrlState } from '@/lib/navigation';
import { Days } from './days';
import { ExternalOrders } from './external-orders';

const TABS = ['days', 'external'] as const;
type Tab = (typeof TABS)[number];

/** Whether what was sent, what the broker has and what is booked agree, and what others placed on the account. */
export function Proof() {
  const t = useTranslations('nav');
  return (
    <SafetyWords loading={<Page title={t('proof')}><Skeleton className="h-96 rounded-xl" /></Page>}>
      <ProofPage />
    </SafetyWords>
  );
}

function ProofPage() {
  const t = useTranslations('proof');
  const url = useUrlState();
  const tab: Tab = TABS.find((value) => value === url.get('tab')) ?? 'days';
  return (
    <Page title={t('title')} description={t('description')}>
      <Tabs
        label={t('title')}
        value={tab}
        onChange={(next: Tab) => url.reset(next === 'days' ? {} : { tab: next })}
        tabs={TABS.map((value) => ({ value, label: t(`tabs.${value}`), testId: `proof-${value}` }))}
      >
        {tab === 'days' && <Days />}
        {tab === 'external' && <ExternalOrders />}
      </Tabs>
    </Page>
  );
}
