import { zodResolver } from '@hookform/resolvers/zod';
import { useMemo } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { z } from 'zod';
import { useParameterRules } from '@/components/finance/use-parameter-rules';
import type { StrategyType } from '@/lib/api/types';
import { initialValues, readParameters, type ParameterValues } from '@/lib/parameters/schema';

/** What a strategy has beside its document: length of bars, size, exits. */
export interface Settings {
  parameters: ParameterValues;
}

/** The settings of the type `rules`, by its schema. */
export function useSettings(type: StrategyType, given: ParameterValues) {
  const parameters = useMemo(() => readParameters(type.parameters_schema), [type]);
  const rules = useParameterRules(parameters);
  const resolver = useMemo(() => zodResolver(z.object({ parameters: rules })), [rules]);
  const form = useForm<Settings>({ resolver, mode: 'onChange', defaultValues: { parameters: initialValues(parameters, given) } });
  const values = useWatch({ control: form.control, name: 'parameters' });
  return { form, parameters, values };
}
