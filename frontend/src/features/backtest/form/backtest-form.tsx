import { Play } from 'lucide-react';
import { Controller, useWatch } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { ParameterFields } from '@/components/finance/parameter-fields';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { IntegerInput } from '@/components/ui/integer-input';
import type { Strategy, StrategyType } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { AdvancedFields } from './advanced-fields';
import { ScopeFields } from './scope-fields';
import { StrategiesField } from './strategies-field';
import { useBacktestForm } from './use-backtest-form';
import type { BacktestFormValues, Source } from './values';

interface BacktestFormProps {
  source: Source;
  type: StrategyType;
  strategy: Strategy | null;
  strategies: Strategy[];
  given: Partial<BacktestFormValues>;
}

export function BacktestForm({ strategies, ...start }: BacktestFormProps) {
  const t = useTranslations('backtest');
  const format = useFormat();
  const { form, parameters, problem, run, submit } = useBacktestForm(start);
  const { errors } = form.formState;
  const capital = useWatch({ control: form.control, name: 'initial_capital' });
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4" data-testid="backtest-form">
      {start.source.kind === 'several' ? (
        <Controller
          control={form.control}
          name="strategy_ids"
          render={({ field }) => (
            <StrategiesField
              strategies={strategies}
              value={field.value}
              onChange={field.onChange}
              error={errors.strategy_ids?.message}
            />
          )}
        />
      ) : (
        <ScopeFields form={form} />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('start')} error={errors.start_date?.message}>
          {(wiring) => (
            <Input
              {...wiring}
              {...form.register('start_date')}
              type="date"
              data-testid="backtest-start"
            />
          )}
        </Field>
        <Field label={t('end')} error={errors.end_date?.message}>
          {(wiring) => (
            <Input {...wiring} {...form.register('end_date')} type="date" data-testid="backtest-end" />
          )}
        </Field>
      </div>
      <Field
        label={t('capital')}
        hint={format.wonShort(capital)}
        error={errors.initial_capital?.message}
      >
        {(wiring) => (
          <Controller
            control={form.control}
            name="initial_capital"
            render={({ field: { ref, ...field } }) => (
              <IntegerInput
                {...wiring}
                {...field}
                inputRef={ref}
                className="tabular"
                data-testid="backtest-capital"
              />
            )}
          />
        )}
      </Field>
      {parameters.length > 0 && (
        <ParameterFields parameters={parameters} control={form.control} errors={errors.parameters} />
      )}
      <AdvancedFields form={form} />
      <FormProblem text={problem.text} />
      <Button type="submit" busy={run.isPending} data-testid="backtest-run">
        {!run.isPending && <Play aria-hidden />}
        {t('run')}
      </Button>
    </form>
  );
}
