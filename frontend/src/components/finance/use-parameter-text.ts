import { useTranslations } from 'use-intl';
import { NOTHING } from '@/lib/format/format';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';
import type { ChoiceParameter, Parameter } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';

/** What a choice is called: as the schema says, or as the catalogue does. */
export function useChoiceText(): (parameter: ChoiceParameter, choice: string) => string {
  const choices = useTranslations('parameters.choices');
  const locale = usePreferences((state) => state.locale);
  return ({ choiceTitles }, choice) => choiceTitles[choice]?.[locale] ?? wordOf(choices, choice);
}

/** Turns the value of a strategy's setting into text with its unit. */
export function useParameterText(): (parameter: Parameter, value: unknown) => string {
  const t = useTranslations('parameters');
  const units = useTranslations('parameters.units');
  const choiceText = useChoiceText();
  const format = useFormat();
  return (parameter, value) => {
    if (value === undefined || value === null) return NOTHING;
    if (parameter.kind === 'boolean') return t(value === true ? 'yes' : 'no');
    if (parameter.kind === 'choice') return choiceText(parameter, String(value));
    if (parameter.off !== null && value === parameter.off) return t('off');
    const { unit } = parameter;
    if (unit === 'won' && typeof value === 'number') return format.won(value);
    const plain = String(value);
    if (unit === null) return plain;
    const name = wordOf(units, unit);
    // A Latin word is set apart from its number, a sign or a Korean counter is not.
    return /^[a-z]/i.test(name) ? `${plain} ${name}` : `${plain}${name}`;
  };
}
