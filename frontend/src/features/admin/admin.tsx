import { ShieldAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Segmented } from '@/components/ui/segmented';
import { useUrlState } from '@/lib/navigation';
import { useSession } from '@/lib/session/store';
import { Jobs } from './jobs';
import { SystemOverview } from './system-overview';
import { Users } from './users';

const TABS = ['system', 'users', 'jobs'] as const;
type Tab = (typeof TABS)[number];

export function Admin() {
  const t = useTranslations('admin');
  const url = useUrlState();
  const isAdmin = useSession((state) => state.user?.role === 'admin');
  const tab: Tab = TABS.find((value) => value === url.get('tab')) ?? 'system';
  if (!isAdmin) {
    return (
      <Page title={t('title')}>
        <Card>
          <EmptyState icon={ShieldAlert} title={t('forbidden')} text={t('forbiddenHint')} />
        </Card>
      </Page>
    );
  }
  return (
    <Page title={t('title')} description={t('description')}>
      <Segmented
        className="self-start"
        label={t('title')}
        value={tab}
        onChange={(next: Tab) => url.update({ tab: next, status: undefined })}
        options={TABS.map((value) => ({ value, label: t(`tabs.${value}`), testId: `admin-${value}` }))}
      />
      {tab === 'system' && <SystemOverview />}
      {tab === 'users' && <Users />}
      {tab === 'jobs' && <Jobs />}
    </Page>
  );
}
