import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import type { AccountItem } from '@/lib/api/types';

/** What the server calls a demo account that nobody has named. */
const UNNAMED = 'Demo';

/** An account as its owner calls it; the demo account by the word of the language until it is named. */
export function useAccountName(): (account: Pick<AccountItem, 'name' | 'broker'>) => string {
  const t = useTranslations('accounts');
  return useCallback(({ name, broker }) => (broker === 'demo' && name === UNNAMED ? t('demoName') : name), [t]);
}
