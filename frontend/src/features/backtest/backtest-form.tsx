import { Play } from 'lucide-react';
import { Controller } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { ParameterFields } from '@/components/finance/parameter-fields';
import { SymbolsField } from '@/components/finance/symbols-field';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { IntegerInput } from '@/components/ui/integer-input';
import type { Strategy, StrategyType } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { AvailableHistory } from './available-history';
import { useBacktestForm } from './use-backtest-form';

interface BacktestFormProps {
  type: StrategyType;
  strategy: Strategy | null;
}

export function BacktestForm({ type, strategy }: BacktestFormProps) {
  const t = useTranslations('backtest');
  const format = useFormat();
  const { form, parameters, problem, run, submit } = useBacktestForm(type, strategy);
  const { errors } = form.formState;
   
  const [symbols, capital] = form.watch(['symbols', 'initial_capital']);
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4" data-testid="backtest-form">
      <Field label={t('symbols')} error={errors.symbols?.message}>
        {(wiring) => (
          <Controller
            control={form.control}
            name="symbols"
            render={({ field }) => (
              <SymbolsField wiring={wiring} value={field.value} onChange={field.onChange} />
            )}
          />
        )}
      </Field>
      <AvailableHistory
        symbols={symbols}
        onUse={(from, to) => {
          form.setValue('start_date', from, { shouldValidate: true });
          form.setValue('end_date', to, { shouldValidate: true });
        }}
      />
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
      <FormProblem text={problem.text} />
      <Button type="submit" busy={run.isPending} data-testid="backtest-run">
        {!run.isPending && <Play aria-hidden />}
        {t('run')}
      </Button>
    </form>
  );
}
