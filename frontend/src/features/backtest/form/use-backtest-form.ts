import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { backtests } from '@/lib/api/backtests';
import type { Strategy, StrategyType } from '@/lib/api/types';
import { seoulDate } from '@/lib/format/format';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { useRouter } from '@/lib/navigation';
import { initialValues } from '@/lib/parameters/schema';
import { documentIn, parametersFor, type FormBase } from './document-base';
import { useBacktestRules } from './use-backtest-rules';
import { useUsualName } from './use-usual-name';
import { DEFAULTS, requestOf, type BacktestFormValues, type Source } from './values';

interface BacktestFormStart extends FormBase {
  source: Source;
  type: StrategyType;
  strategy: Strategy | null;
}

/** State, rules and sending of the backtest form. A saved strategy brings its own settings. */
export function useBacktestForm({ source, type, own, title, strategy, given }: BacktestFormStart) {
  const router = useRouter();
  const client = useQueryClient();
  const [today] = useState(() => new Date());
  const hasParameters = source.kind === 'type';
  const parameters = useMemo(
    () => (hasParameters ? parametersFor(type, own) : []),
    [type, own, hasParameters],
  );
  const rules = useBacktestRules(source.kind, parameters);
  const form = useForm<BacktestFormValues>({
    resolver: zodResolver(rules),
    defaultValues: {
      ...DEFAULTS,
      start_date: seoulDate(today, { years: -1 }),
      end_date: seoulDate(today, { days: -1 }),
      ...(strategy && { symbols: strategy.symbols }),
      ...given,
      parameters: { ...documentIn(type, given), ...initialValues(parameters, given.parameters) },
    },
  });
  const usualName = useUsualName(title);
  const t = useTranslations();
  const problem = useFormProblem(form, {
    initial_capital: t('run.failureOf.initial_capital'),
    parameters: t('backtestForm.tooFewBars'),
  });
  const run = useMutation({
    mutationFn: (values: BacktestFormValues) => {
      const request = requestOf(source, values);
      // What is stored has a name of its own.
      return backtests.run(source.kind === 'type' ? { name: usualName(request), ...request } : request);
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
