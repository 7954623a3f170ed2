import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { useShownAccount } from '@/components/layout/use-shown-account';
import { Tabs } from '@/components/ui/tabs';
import { useUrlState } from '@/lib/navigation';
import { Accounts } from './accounts/accounts';
import { Appearance } from './appearance';
import { Commission } from './commission/commission';
import { PasswordForm } from './password-form';
import { Profile } from './profile';

const TABS = ['profile', 'accounts', 'appearance'] as const;

export function Settings() {
  const t = useTranslations('settings');
  const url = useUrlState();
  const tab = TABS.find((name) => name === url.get('tab')) ?? 'profile';
  return (
    <Page title={t('title')} description={t('description')} className="mx-auto max-w-5xl">
      <Tabs
        label={t('title')}
        value={tab}
        onChange={(next) => url.reset(next === 'profile' ? {} : { tab: next })}
        tabs={TABS.map((value) => ({ value, label: t(`tabs.${value}`), testId: `settings-${value}` }))}
      >
        {tab === 'profile' && (
          <>
            <Profile />
            <PasswordForm />
          </>
        )}
        {tab === 'accounts' && <AccountSettings />}
        {tab === 'appearance' && <Appearance />}
      </Tabs>
    </Page>
  );
}

function AccountSettings() {
  const shown = useShownAccount();
  return (
    <>
      <Accounts />
      {/* Terms belong to one account: what was typed for it must not be saved for another. */}
      {shown && <Commission key={shown.id} account={shown} />}
    </>
  );
}
