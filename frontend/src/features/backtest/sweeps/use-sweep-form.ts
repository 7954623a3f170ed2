import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { useBacktestRules } from '@/features/backtest/form/use-backtest-rules';
import { documentIn, parametersFor, type FormBase } from '@/features/backtest/form/document-base';
import { useUsualName } from '@/features/backtest/form/use-usual-name';
import { DEFAULTS, type BacktestFormValues, type Source } from '@/features/backtest/form/values';
import { sweeps } from '@/lib/api/backtests';
import type { StrategyType } from '@/lib/api/types';
import { ApiProblem } from '@/lib/api/problem';
import { seoulDate } from '@/lib/format/format';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { useRouter } from '@/lib/navigation';
import { appliedParameters, initialValues, valueAt, type Parameter } from '@/lib/parameters/schema';
import { appliedAxes, suggested, type AxisValues } from './axes';
import { SWEEP_DEFAULTS, sweepRequest, unreadable, type SweepValues } from './sweep-values';

const BASE = /^\/?base[./]/;

/** A refused request as the form of the run sees it: its own fields, without the part before them. */
function ofBase(error: unknown): unknown {
  if (!(error instanceof ApiProblem)) return error;
  const { status, code, detail } = error;
  const fields = error.fields.map(({ field, message }) => ({ field: field.replace(BASE, ''), message }));
  return new ApiProblem({ status, code, detail, fields });
}

/** Begins with the first number varied: a search that varies nothing is none. */
function startOf(parameters: Parameter[], given: BacktestFormValues['parameters']): SweepValues {
  const first = appliedParameters(parameters, given).find(({ kind }) => kind === 'integer' || kind === 'number');
  const axes = parameters.map((parameter): [string, AxisValues] => {
    const axis = suggested(parameter, valueAt(given, parameter.name));
    return [parameter.name, parameter === first ? { ...axis, kind: 'range' } : axis];
  });
  return { ...SWEEP_DEFAULTS, axes: Object.fromEntries(axes) };
}

interface SweepStart extends FormBase {
  type: StrategyType;
}

/** State, rules and sending of the sweep form: the run to vary, and how it is varied. */
export function useSweepForm({ type, own, title, given }: SweepStart) {
  const t = useTranslations('sweeps');
  const router = useRouter();
  const client = useQueryClient();
  const [today] = useState(() => new Date());
  const parameters = useMemo(() => parametersFor(type, own), [type, own]);
  const source: Source = { kind: 'type', type: type.strategy_type };
  const form = useForm<BacktestFormValues>({
    resolver: zodResolver(useBacktestRules('type', parameters)),
    defaultValues: {
      ...DEFAULTS,
      start_date: seoulDate(today, { years: -2 }),
      end_date: seoulDate(today, { days: -1 }),
      ...given,
      parameters: { ...documentIn(type, given), ...initialValues(parameters, given.parameters) },
    },
  });
  const [values, setValues] = useState(() => startOf(parameters, initialValues(parameters, given.parameters)));
  const [fields, setFields] = useState<Record<string, string>>({});
  const usualName = useUsualName(title);
  const problem = useFormProblem(form);
  const start = useMutation({
    mutationFn: (base: BacktestFormValues) => {
      const request = sweepRequest(source, base, values, appliedAxes(values.axes, parameters, base.parameters));
      return sweeps.start({ name: usualName(request.base), ...request });
    },
    onSuccess: (sweep) => {
      void client.invalidateQueries({ queryKey: ['sweeps'] });
      router.push(`/backtest/sweeps/result/?id=${sweep.id}`);
    },
    onError: (error) => {
      const found = error instanceof ApiProblem ? error.fields : [];
      setFields(Object.fromEntries(found.map(({ field, message }) => [field, message])));
      problem.show(ofBase(error));
    },
  });
  const change = (part: Partial<SweepValues>) => {
    setValues((before) => ({ ...before, ...part }));
    setFields({});
    problem.clear();
  };
  const submit = form.handleSubmit((base) => {
    problem.clear();
    const bad = unreadable(values, appliedAxes(values.axes, parameters, base.parameters));
    setFields(Object.fromEntries(bad.map((field) => [field, t('unreadable')])));
    if (bad.length === 0) start.mutate(base);
  });
  /** Why a field was refused: of `axes.lookback` also what is said of `axes.lookback.step`. */
  const refused = (field: string): string | undefined => {
    const name = Object.keys(fields).find((key) => key === field || key.startsWith(`${field}.`) || key.startsWith(`${field}[`));
    return name === undefined ? undefined : fields[name];
  };
  return { form, parameters, values, change, problem, refused, start, submit };
}
