import { useTranslations } from 'use-intl';
import { NOTHING } from '@/lib/format/format';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';
import { specOf, type FigureKey, type Unit } from './figures';

/** Figures whose sign matters at a glance. */
const SIGNED = new Set(['total_return', 'annual_return', 'annual_return_by_sessions', 'excess_return', 'alpha']);

/** Writes the value of a figure with its unit. */
export function useFigureText(): (key: FigureKey, value: number | null | undefined) => string {
  const units = useTranslations('figureUnits');
  const format = useFormat();
  const decimals = (value: number, digits: number) => format.number(value, Number.isInteger(value) ? 0 : digits);
  const written: Record<Unit, (value: number, name: string) => string> = {
    percent: (value, name) => format.percent(value, { signed: SIGNED.has(name) }),
    ratio: (value) => format.number(value),
    won: (value) => format.won(value),
    count: (value) => format.integer(value),
    days: (value) => units('days', { value: decimals(value, 1) }),
    sessions: (value) => units('sessions', { value: format.integer(value) }),
    bp: (value) => units('bp', { value: format.number(value, 1) }),
    times: (value) => units('times', { value: format.number(value, 2) }),
  };
  return (key, value) => {
    if (value === null || value === undefined) return NOTHING;
    return written[specOf(key)?.[0] ?? 'ratio'](value, key.name);
  };
}

/** A figure's name and what it tells, in the reader's language; its id where it is new to this build. */
export function useFigureWords(): { title: (key: FigureKey) => string; about: (key: FigureKey) => string } {
  const t = useTranslations('figures');
  return {
    title: ({ group, name }) => {
      const key = `${group}.${name}.title`;
      return t.has(key as never) ? wordOf(t, key) : name;
    },
    about: ({ group, name }) => {
      const key = `${group}.${name}.about`;
      return t.has(key as never) ? wordOf(t, key) : '';
    },
  };
}
