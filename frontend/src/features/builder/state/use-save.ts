import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useSavedToast } from '@/components/finance/use-saved-toast';
import { ApiProblem } from '@/lib/api/problem';
import { strategies } from '@/lib/api/strategies';
import type { Strategy } from '@/lib/api/types';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useRouter } from '@/lib/navigation';
import { RULES, type ParameterValues } from '@/lib/parameters/schema';
import type { Rules } from '@/features/builder/document/model';
import type { Draft } from './use-draft';

export const NAME_MAX = 100;
const DESCRIPTION_MAX = 1_000;

interface Saved {
  draft: Draft;
  rules: Rules;
  settings: ParameterValues;
}

/** Sends the strategy, and goes back to the list once it is stored. */
export function useSave(strategy: Strategy | null) {
  const t = useTranslations();
  const router = useRouter();
  const savedToast = useSavedToast();
  const problemText = useProblemText();
  const [problem, setProblem] = useState<string | null>(null);
  const { mutate, isPending, isSuccess } = useMutation({
    mutationFn: ({ draft: { document, overrides, name, symbols }, rules, settings }: Saved) => {
      const body = {
        name: name.trim(),
        // A list of strategies tells them by what their documents say of themselves.
        description: (rules.metadata.description || (strategy?.description ?? '')).slice(0, DESCRIPTION_MAX),
        strategy_type: RULES,
        symbols,
        parameters: { ...settings, document, overrides },
      };
      return strategy ? strategies.update(strategy.id, { ...body, based_on: strategy.version }) : strategies.create(body);
    },
    onSuccess: (saved) => {
      savedToast(saved, strategy);
      router.push('/strategies/');
    },
    onError: (error) => setProblem(sentenceOf(error)),
  });
  const sentenceOf = (error: unknown): string => {
    const fields = error instanceof ApiProblem ? error.fields : [];
    if (fields.some(({ field }) => field.includes('document'))) return t('builder.refused');
    const [first] = fields;
    return first ? t('errors.FIELD_REFUSED', { message: first.message }) : problemText(error);
  };
  return {
    save: (saved: Saved) => {
      setProblem(null);
      mutate(saved);
    },
    isPending,
    isSaved: isSuccess,
    problem,
    setProblem,
  };
}
