import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { ApiProblem } from '@/lib/api/problem';

/**
 * A sentence for a refused request: the catalogue's words for its code, the server's own detail
 * when the code is new to this build, and a general sentence as the last resort.
 */
export function useProblemText(): (error: unknown) => string {
  const t = useTranslations('errors');
  return useCallback(
    (error) => {
      if (!(error instanceof ApiProblem)) return t('UNEXPECTED');
      const code = error.code as Parameters<typeof t.has>[0];
      if (t.has(code)) {
        return t(code, { limit: error.limit ?? '', observed: error.observed ?? '' });
      }
      return error.detail || t('UNEXPECTED');
    },
    [t],
  );
}
