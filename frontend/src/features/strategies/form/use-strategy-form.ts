import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { MOST_SYMBOLS } from '@/components/finance/symbols-field';
import { useParameterRules } from '@/components/finance/use-parameter-rules';
import { useSavedToast } from '@/components/finance/use-saved-toast';
import { strategies } from '@/lib/api/strategies';
import type { Strategy, StrategyType } from '@/lib/api/types';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { useRouter } from '@/lib/navigation';
import type { Prefill } from '@/lib/parameters/prefill';
import { initialValues, readParameters, type ParameterValues } from '@/lib/parameters/schema';

const NAME_MAX = 100;
const DESCRIPTION_MAX = 1000;

export interface StrategyFormValues {
  name: string;
  description: string;
  symbols: string[];
  parameters: ParameterValues;
}

/** State, rules and sending of the strategy form for one strategy type. */
export function useStrategyForm(type: StrategyType, strategy: Strategy | null, given: Prefill | null) {
  const t = useTranslations();
  const router = useRouter();
  const savedToast = useSavedToast();
  const parameters = useMemo(() => readParameters(type.parameters_schema), [type]);
  const rules = useParameterRules(parameters);
  const schema = useMemo(() => {
    const field = (name: 'name' | 'about' | 'symbols') => t(`strategies.${name}`);
    return z.object({
      name: z
        .string()
        .trim()
        .min(1, t('validation.required', { field: field('name') }))
        .max(NAME_MAX, t('validation.maxLength', { field: field('name'), max: NAME_MAX })),
      description: z
        .string()
        .trim()
        .max(
          DESCRIPTION_MAX,
          t('validation.maxLength', { field: field('about'), max: DESCRIPTION_MAX }),
        ),
      symbols: z
        .array(z.string())
        .min(1, t('validation.symbols'))
        .max(MOST_SYMBOLS, t('validation.symbolsMax', { max: MOST_SYMBOLS })),
      parameters: rules,
    });
  }, [rules, t]);
  const form = useForm<StrategyFormValues>({
    resolver: zodResolver(schema),
    defaultValues: {
      name: strategy?.name ?? given?.name ?? '',
      description: strategy?.description ?? '',
      symbols: strategy?.symbols ?? given?.symbols ?? [],
      parameters: initialValues(parameters, (strategy?.parameters ?? given?.parameters ?? {}) as ParameterValues),
    },
  });
  const problem = useFormProblem(form);
  const save = useMutation({
    mutationFn: (values: StrategyFormValues) => {
      const body = { ...values, strategy_type: type.strategy_type };
      return strategy ? strategies.update(strategy.id, { ...body, based_on: strategy.version }) : strategies.create(body);
    },
    onSuccess: (saved) => {
      savedToast(saved, strategy);
      router.push('/strategies/');
    },
    onError: problem.show,
  });
  const submit = form.handleSubmit((values) => {
    problem.clear();
    save.mutate(values);
  });
  return { form, parameters, problem, save, submit };
}
