import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { Parameter } from '@/lib/parameters/schema';
import { parameterRules } from '@/lib/parameters/validation';
import { usePreferences } from '@/lib/preferences/store';

/** The rules of a strategy's settings with messages in the reader's language. */
export function useParameterRules(parameters: Parameter[]) {
  const t = useTranslations('validation');
  const locale = usePreferences((state) => state.locale);
  return useMemo(
    () =>
      parameterRules(parameters, locale, {
        number: (field) => t('number', { field }),
        integer: (field) => t('integer', { field }),
        choice: (field) => t('choice', { field }),
        range: (field, minimum, maximum) => {
          if (minimum === null) return t('max', { field, max: maximum ?? 0 });
          if (maximum === null) return t('min', { field, min: minimum });
          return t('range', { field, min: minimum, max: maximum });
        },
      }),
    [parameters, locale, t],
  );
}
