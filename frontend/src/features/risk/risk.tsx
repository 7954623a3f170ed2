import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Skeleton } from '@/components/ui/skeleton';
import { Tabs } from '@/components/ui/tabs';
import { SafetyWords } from '@/lib/i18n/safety-words';
import { useUrlState } from '@/lib/navigation';
import { Armings } from './arming/armings';
import { Limits } from './limits/limits';
import { Restricted } from './restricted';
import { Status } from './status';

const TABS = ['status', 'limits', 'restricted', 'live'] as const;
type Tab = (typeof TABS)[number];

/** What may be traded now, what stops it, and the limits of the account. */
export function Risk() {
  const t = useTranslations('nav');
  return (
    <SafetyWords loading={<Page title={t('risk')}><Skeleton className="h-96 rounded-xl" /></Page>}>
      <RiskPage />
    </SafetyWords>
  );
}

function RiskPage() {
  const t = useTranslations('risk');
  const url = useUrlState();
  const tab: Tab = TABS.find((value) => value === url.get('tab')) ?? 'status';
  return (
    <Page title={t('title')} description={t('description')}>
      <Tabs
        label={t('title')}
        value={tab}
        onChange={(next: Tab) => url.reset(next === 'status' ? {} : { tab: next })}
        tabs={TABS.map((value) => ({ value, label: t(`tabs.${value}`), testId: `risk-${value}` }))}
      >
        {tab === 'status' && <Status />}
        {tab === 'limits' && <Limits />}
        {tab === 'restricted' && <Restricted />}
        {tab === 'live' && <Armings />}
      </Tabs>
    </Page>
  );
}
