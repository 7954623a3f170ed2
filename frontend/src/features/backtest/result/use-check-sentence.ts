import { useTranslations } from 'use-intl';
import type { Check } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';

/** Money, and counts, among the values of checks; everything else is a ratio. */
const WON = /^final_equity/;
const COUNT = /cuts|bars|trips|draws|trades/;

/** What a probe found, in a sentence with its values; the values alone for a probe new to this build. */
export function useCheckSentence(): (check: Check) => string {
  const t = useTranslations('robustness.sentences');
  const reasons = useTranslations('robustness.reasons');
  const format = useFormat();
  const write = (name: string, value: number) => {
    if (WON.test(name)) return format.wonShort(value);
    if (COUNT.test(name)) return format.integer(value);
    return format.percent(value, { signed: !name.includes('drawdown') });
  };
  return ({ code, outcome, values, details, date }) => {
    const why = details.map((detail) => wordOf(reasons, detail)).join(' ');
    if (outcome === 'skipped') return why;
    const written = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, write(name, value)]));
    const key = `${code}.${outcome}` as Parameters<typeof t.has>[0];
    const sentence = t.has(key)
      ? t(key, { ...written, date: format.date(date) } as never)
      : Object.entries(written).map(([name, value]) => `${name} ${value}`).join(', ');
    return [sentence, why].filter(Boolean).join(' ');
  };
}
