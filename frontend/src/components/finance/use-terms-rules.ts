import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { MAX_MINIMUM } from '@/lib/commission/terms';

/** The rules of commission terms but for the plan and its rate, with messages in the reader's language. */
export function useTermsRules() {
  const t = useTranslations();
  return useMemo(() => {
    const range = t('validation.range', { field: t('settings.commissionMinimum'), min: 0, max: MAX_MINIMUM });
    return {
      rate_ppb: z.string(),
      minimum: z.number({ error: range }).min(0, range).max(MAX_MINIMUM, range),
      unit: z.enum(['1', '10']),
      mode: z.enum(['floor', 'nearest']),
    };
  }, [t]);
}
