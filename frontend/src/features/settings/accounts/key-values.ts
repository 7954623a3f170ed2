import type { NewAccount } from '@/lib/api/types';

/** The lengths that KIS gives its keys. */
export const APP_KEY_LENGTH = 36;
export const APP_SECRET_LENGTH = 180;
export const NAME_MAX = 40;
export const HTS_ID_MAX = 32;

/** Without blanks and line breaks, which come along when a key is copied. */
export function withoutBlanks(text: string): string {
  return text.replace(/[\s\u200b\ufeff]/gu, '');
}

/** An account number as KIS writes it, `50001234-01`; null for anything else. */
export function accountNumber(text: string): string | null {
  const [, account, product] = /^(\d{8})-?(\d{2})$/.exec(withoutBlanks(text)) ?? [];
  return account && product ? `${account}-${product}` : null;
}

export type AccountValues = NewAccount;

export const EMPTY: AccountValues = {
  name: '',
  env: 'paper',
  app_key: '',
  app_secret: '',
  account_no: '',
  hts_id: '',
  password: '',
};

/** The request for what was entered. */
export function requestOf(values: AccountValues): NewAccount {
  return {
    ...values,
    name: values.name.trim(),
    app_key: withoutBlanks(values.app_key),
    app_secret: withoutBlanks(values.app_secret),
    account_no: accountNumber(values.account_no) ?? '',
    hts_id: values.hts_id.trim(),
  };
}
