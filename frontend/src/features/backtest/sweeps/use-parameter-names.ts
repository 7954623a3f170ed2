import { useParameterText } from '@/components/finance/use-parameter-text';
import { useStrategyParameters } from '@/components/finance/use-strategy-parameters';
import type { SweepDetail } from '@/lib/api/types';
import { NOTHING } from '@/lib/format/format';
import { usePreferences } from '@/lib/preferences/store';

/** What the parameters of a run are called in the reader's language, and how their values are written. */
export function useParameterNames({ strategy_type, parameters }: Pick<SweepDetail['base'], 'strategy_type' | 'parameters'>) {
  const locale = usePreferences((state) => state.locale);
  const known = useStrategyParameters(strategy_type, parameters);
  const write = useParameterText();
  const find = (name: string) => known.find((parameter) => parameter.name === name);
  return {
    known,
    title: (name: string): string => find(name)?.title[locale] ?? name,
    text: (name: string, value: unknown): string => {
      const parameter = find(name);
      return parameter ? write(parameter, value) : String(value ?? NOTHING);
    },
  };
}
