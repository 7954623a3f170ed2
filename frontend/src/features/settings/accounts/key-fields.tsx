import type { FieldErrors, UseFormRegister } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { Field, Input } from '@/components/ui/field';
import { SecretInput } from '@/components/ui/secret-input';
import type { AccountValues } from './key-values';

type Keys = Pick<AccountValues, 'app_key' | 'app_secret' | 'hts_id' | 'password'>;

interface KeyFieldsProps {
  register: UseFormRegister<Keys>;
  errors: FieldErrors<Keys>;
}

/** The keys of an account. They go in, and are never shown again. */
export function KeyFields({ register, errors }: KeyFieldsProps) {
  const t = useTranslations('accounts');
  return (
    <>
      <Field label={t('appKey')} hint={t('appKeyHint')} error={errors.app_key?.message}>
        {(wiring) => <SecretInput {...wiring} {...register('app_key')} testId="account-app-key" />}
      </Field>
      <Field label={t('appSecret')} hint={t('appSecretHint')} error={errors.app_secret?.message}>
        {(wiring) => <SecretInput {...wiring} {...register('app_secret')} testId="account-app-secret" />}
      </Field>
      <Field label={t('htsId')} hint={t('htsIdHint')} error={errors.hts_id?.message}>
        {(wiring) => (
          <Input
            {...wiring}
            {...register('hts_id')}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            data-testid="account-hts-id"
          />
        )}
      </Field>
    </>
  );
}

export function PasswordField({ register, errors }: KeyFieldsProps) {
  const t = useTranslations('accounts');
  return (
    <Field label={t('password')} hint={t('passwordHint')} error={errors.password?.message}>
      {(wiring) => (
        <Input
          {...wiring}
          {...register('password')}
          type="password"
          autoComplete="current-password"
          data-testid="account-password"
        />
      )}
    </Field>
  );
}
