import { z } from 'zod';
import type { Locale } from '@/lib/preferences/store';
import type { NumberParameter, Parameter } from './schema';

/** The sentences a refused value gets; each names its field. */
export interface ParameterMessages {
  number: (field: string) => string;
  integer: (field: string) => string;
  range: (field: string, minimum: number | null, maximum: number | null) => string;
  choice: (field: string) => string;
}

function numberRule(parameter: NumberParameter, title: string, messages: ParameterMessages) {
  const { minimum, maximum } = parameter;
  const outside = messages.range(title, minimum, maximum);
  let rule = z.number({ error: messages.number(title) });
  if (parameter.kind === 'integer') rule = rule.int(messages.integer(title));
  if (minimum !== null) rule = rule.min(minimum, outside);
  if (maximum !== null) rule = rule.max(maximum, outside);
  return rule;
}

function parameterRule(parameter: Parameter, locale: Locale, messages: ParameterMessages) {
  const title = parameter.title[locale];
  switch (parameter.kind) {
    case 'boolean':
      return z.boolean();
    case 'choice':
      return z
        .string()
        .refine((value) => parameter.choices.includes(value), messages.choice(title));
    default:
      return numberRule(parameter, title, messages);
  }
}

/** The same limits as the strategy's schema, so that most mistakes show before sending. */
export function parameterRules(parameters: Parameter[], locale: Locale, messages: ParameterMessages) {
  return z.object(
    Object.fromEntries(
      parameters.map((parameter) => [parameter.name, parameterRule(parameter, locale, messages)]),
    ),
  );
}
