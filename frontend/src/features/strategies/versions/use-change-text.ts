import { useTranslations } from 'use-intl';
import { useParameterText } from '@/components/finance/use-parameter-text';
import { NOTHING } from '@/lib/format/format';
import { wordOf } from '@/lib/i18n/word-of';
import type { Parameter } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import { listChange, type FieldChange } from './version-changes';

const PARAMETERS = 'parameters.';

export interface ChangeText {
  name: string;
  before: string;
  after: string;
  /** The whole change in a few words. */
  short: string;
}

/** Puts a change into words: the name of the field, and its values with their units. */
export function useChangeText(known: Parameter[]): (change: FieldChange) => ChangeText {
  const fields = useTranslations('versions.fields');
  const locale = usePreferences((state) => state.locale);
  const write = useParameterText();
  const plain = (value: unknown) => (value === null || value === '' ? NOTHING : Array.isArray(value) ? value.join(', ') : String(value));
  return ({ field, before, after }) => {
    const key = field.startsWith(PARAMETERS) ? field.slice(PARAMETERS.length) : null;
    const parameter = known.find(({ name }) => name === key);
    const name = parameter?.title[locale] ?? key ?? wordOf(fields, field);
    const text = (value: unknown) => (parameter ? write(parameter, value) : plain(value));
    if (field === 'symbols') {
      const { added, removed } = listChange(before, after);
      const signed = [...added.map((symbol) => `+${symbol}`), ...removed.map((symbol) => `−${symbol}`)];
      // The same issues in another order.
      if (signed.length === 0) return { name, before: plain(before), after: plain(after), short: `${name} ${plain(after)}` };
      const listed = (symbols: string[]) => symbols.join(', ') || NOTHING;
      return { name, before: listed(removed), after: listed(added), short: `${name} ${signed.join(' ')}` };
    }
    const isLong = field === 'description';
    return { name, before: text(before), after: text(after), short: isLong ? name : `${name} ${text(before)} → ${text(after)}` };
  };
}
