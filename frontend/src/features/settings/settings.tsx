import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Appearance } from './appearance';
import { Commission } from './commission/commission';
import { PasswordForm } from './password-form';
import { Profile } from './profile';

export function Settings() {
  const t = useTranslations('settings');
  return (
    <Page title={t('title')} description={t('description')} className="mx-auto max-w-3xl">
      <Profile />
      <Commission />
      <Appearance />
      <PasswordForm />
    </Page>
  );
}
