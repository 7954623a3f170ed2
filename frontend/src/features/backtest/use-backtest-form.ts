import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { useParameterRules } from '@/components/finance/use-parameter-rules';
import { backtests } from '@/lib/api/backtests';
import type { BacktestRequest, Strategy, StrategyType } from '@/lib/api/types';
import { seoulDate } from '@/lib/format/format';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { useRouter } from '@/lib/navigation';
import { initialValues, readParameters, type ParameterValues } from '@/lib/parameters/schema';

const CAPITAL_MIN = 100_000;
const CAPITAL_MAX = 1_000_000_000_000;
const CAPITAL_DEFAULT = 100_000_000;

interface BacktestFormValues {
  symbols: string[];
  start_date: string;
  end_date: string;
  initial_capital: number;
  parameters: ParameterValues;
}

/** State, rules and sending of the backtest form. A saved strategy brings its own settings. */
export function useBacktestForm(type: StrategyType, strategy: Strategy | null) {
  const t = useTranslations();
  const router = useRouter();
  const client = useQueryClient();
  const [today] = useState(() => new Date());
  const parameters = useMemo(
    () => (strategy ? [] : readParameters(type.parameters_schema)),
    [type, strategy],
  );
  const rules = useParameterRules(parameters);
  const schema = useMemo(
    () =>
      z
        .object({
          symbols: z.array(z.string()).min(1, t('validation.symbols')),
          start_date: z.iso.date(t('validation.date', { field: t('backtest.start') })),
          end_date: z.iso.date(t('validation.date', { field: t('backtest.end') })),
          initial_capital: z
            .number({ error: t('validation.number', { field: t('backtest.capital') }) })
            .int(t('validation.integer', { field: t('backtest.capital') }))
            .min(CAPITAL_MIN, t('validation.min', { field: t('backtest.capital'), min: CAPITAL_MIN }))
            .max(CAPITAL_MAX, t('validation.max', { field: t('backtest.capital'), max: CAPITAL_MAX })),
          parameters: rules,
        })
        .refine((values) => values.start_date < values.end_date, {
          path: ['end_date'],
          message: t('validation.dateOrder'),
        }),
    [rules, t],
  );

  const form = useForm<BacktestFormValues>({
    resolver: zodResolver(schema),
    defaultValues: {
      symbols: strategy?.symbols ?? [],
      start_date: seoulDate(today, { years: -1 }),
      end_date: seoulDate(today, { days: -1 }),
      initial_capital: CAPITAL_DEFAULT,
      parameters: initialValues(parameters),
    },
  });
  const problem = useFormProblem(form);
  const run = useMutation({
    mutationFn: ({ parameters: settings, ...values }: BacktestFormValues) => {
      const body: BacktestRequest = strategy
        ? { ...values, strategy_id: strategy.id }
        : { ...values, strategy_type: type.strategy_type, parameters: settings };
      return backtests.run(body);
    },
    onSuccess: (started) => {
      void client.invalidateQueries({ queryKey: ['backtests', 'list'] });
      router.push(`/backtest/result/?id=${started.id}`);
    },
    onError: problem.show,
  });
  const submit = form.handleSubmit((values) => {
    problem.clear();
    run.mutate(values);
  });
  return { form, parameters, problem, run, submit };
}
