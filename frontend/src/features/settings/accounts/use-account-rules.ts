import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { accountNumber, APP_KEY_LENGTH, APP_SECRET_LENGTH, HTS_ID_MAX, NAME_MAX, withoutBlanks } from './key-values';

/** What can be told of an account before the broker is asked, each with its mend. */
export function useAccountRules() {
  const t = useTranslations();
  const required = (field: string) => z.string().refine((text) => text.trim() !== '', t('validation.required', { field }));
  const ofLength = (field: string, length: number) =>
    required(field).refine((text) => withoutBlanks(text).length === length, {
      error: ({ input }) => t('accounts.keyLength', { field, length, count: withoutBlanks(String(input)).length }),
    });
  const upTo = (field: string, max: number) => required(field).max(max, t('validation.maxLength', { field, max }));
  return {
    name: upTo(t('accounts.name'), NAME_MAX),
    env: z.enum(['paper', 'live']),
    app_key: ofLength(t('accounts.appKey'), APP_KEY_LENGTH),
    app_secret: ofLength(t('accounts.appSecret'), APP_SECRET_LENGTH),
    account_no: required(t('accounts.number')).refine((text) => accountNumber(text) !== null, t('accounts.numberRefused')),
    hts_id: upTo(t('accounts.htsId'), HTS_ID_MAX),
    password: required(t('accounts.password')),
  };
}
