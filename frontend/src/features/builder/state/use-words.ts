import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { Blocks } from '@/lib/api/types';
import { wordOf } from '@/lib/i18n/word-of';
import type { ParameterValue } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import type { Rules } from '@/features/builder/document/model';
import { wordsOf, type Words } from '@/features/builder/sentence/words';

/** The words of a document in the reader's language. */
export function useWords(blocks: Blocks, rules: Rules, overrides: Record<string, ParameterValue>, isDaily: boolean): Words {
  const t = useTranslations('builder');
  const outputs = useTranslations('builder.outputs');
  const choices = useTranslations('builder.words');
  const locale = usePreferences((state) => state.locale);
  return useMemo(
    () =>
      wordsOf({
        locale,
        blocks,
        rules,
        overrides,
        phrases: {
          length: (count) => t(isDaily ? 'length.days' : 'length.bars', { count }),
          output: (name) => wordOf(outputs, name),
          choice: (word) => wordOf(choices, word),
          comparison: (left, operator, right) => t('sentence.comparison', { left, operator, right }),
          pattern: (name, signal) => t(`sentence.${signal}`, { name }),
          missing: t('condition.missing'),
        },
      }),
    [t, outputs, choices, locale, blocks, rules, overrides, isDaily],
  );
}
