import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { ApiProblem } from '@/lib/api/problem';
import { unitOfDenial } from '@/lib/risk/units';
import { useUnitText } from './use-unit-text';
import { wordOf } from './word-of';

/**
 * A sentence for a refused request: the catalogue's words for its code, the server's own detail
 * when the code is new to this build, and a general sentence as the last resort. A refusal by the
 * risk gate names its limit and what was seen instead.
 */
export function useProblemText(): (error: unknown) => string {
  const t = useTranslations('errors');
  const denial = useTranslations('denial');
  const inputs = useTranslations('denial.inputs');
  const unitText = useUnitText();
  return useCallback(
    (error) => {
      if (!(error instanceof ApiProblem)) return t('UNEXPECTED');
      // A missing input is named behind its code: `INPUT_MISSING:last_price`.
      const [word = '', missing] = error.code.split(':');
      const code = word as Parameters<typeof t.has>[0];
      const sentence = t.has(code) ? t(code) : error.detail || t('UNEXPECTED');
      if (missing) return `${sentence} (${denial('missing', { name: wordOf(inputs, missing) })})`;
      const unit = unitOfDenial(word);
      if (unit === null || error.limit === null || error.observed === null) return sentence;
      const [limit, observed] = [error.limit, error.observed].map((value) => unitText(Number(value), unit));
      return `${sentence} (${denial('figures', { limit: limit ?? '', observed: observed ?? '' })})`;
    },
    [t, denial, inputs, unitText],
  );
}
