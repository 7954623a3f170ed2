import { z } from 'zod';
import type { Locale } from '@/lib/preferences/store';
import { appliedParameters, OVERRIDES, valueAt, withValue, type NumberParameter, type Parameter, type ParameterValues } from './schema';

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

/**
 * The same limits as the strategy's schema, so that most mistakes show before sending. What is no parameter of a form,
 * such as a document, goes through as it is.
 */
export function parameterRules(parameters: Parameter[], locale: Locale, messages: ParameterMessages) {
  const rules = new Map(parameters.map((parameter) => [parameter.name, parameterRule(parameter, locale, messages)]));
  const named = [...rules].filter(([name]) => !name.includes('.'));
  const own = [...rules].filter(([name]) => name.startsWith(OVERRIDES));
  const shape = {
    ...Object.fromEntries(named),
    ...(own.length > 0 && { overrides: z.object(Object.fromEntries(own.map(([name, rule]) => [name.slice(OVERRIDES.length), rule]))) }),
  };
  // Nobody can mend a field that is not shown: what stands in it is sent if it fits, and its default otherwise.
  const settled = (given: unknown) => {
    const values = given as ParameterValues;
    const shown = new Set(appliedParameters(parameters, values));
    return parameters
      .filter((parameter) => !shown.has(parameter) && !rules.get(parameter.name)?.safeParse(valueAt(values, parameter.name)).success)
      .reduce((before, { name, default: usual }) => (usual === null ? before : withValue(before, name, usual)), values);
  };
  return z.preprocess(settled, z.looseObject(shape)) as unknown as z.ZodType<ParameterValues, ParameterValues>;
}
