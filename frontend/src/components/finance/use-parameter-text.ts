import { useTranslations } from 'use-intl';
import { NOTHING } from '@/lib/format/format';
import type { Parameter } from '@/lib/parameters/schema';

/** Turns the value of a strategy's setting into text with its unit. */
export function useParameterText(): (parameter: Parameter, value: unknown) => string {
  const t = useTranslations('parameters');
  const units = useTranslations('parameters.units');
  const choices = useTranslations('parameters.choices');
  return (parameter, value) => {
    if (value === undefined || value === null) return NOTHING;
    if (parameter.kind === 'boolean') return t(value === true ? 'yes' : 'no');
    const plain = String(value);
    if (parameter.kind === 'choice') {
      const choice = plain as Parameters<typeof choices.has>[0];
      return choices.has(choice) ? choices(choice) : plain;
    }
    const unit = parameter.unit as Parameters<typeof units.has>[0] | null;
    if (unit === null) return plain;
    const name = units.has(unit) ? units(unit) : unit;
    // A Latin word is set apart from its number, a sign or a Korean counter is not.
    return /^[a-z]/i.test(name) ? `${plain} ${name}` : `${plain}${name}`;
  };
}
