import { Controller, useWatch, type UseFormReturn } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { Field, Input } from '@/components/ui/field';
import { IntegerInput } from '@/components/ui/integer-input';
import { useFormat } from '@/lib/format/use-format';
import type { BacktestFormValues } from './values';

/** From when to when, and with how much. */
export function PeriodFields({ form }: { form: UseFormReturn<BacktestFormValues> }) {
  const t = useTranslations('backtest');
  const format = useFormat();
  const { errors } = form.formState;
  const capital = useWatch({ control: form.control, name: 'initial_capital' });
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={t('start')} error={errors.start_date?.message}>
        {(wiring) => <Input {...wiring} {...form.register('start_date')} type="date" data-testid="backtest-start" />}
      </Field>
      <Field label={t('end')} error={errors.end_date?.message}>
        {(wiring) => <Input {...wiring} {...form.register('end_date')} type="date" data-testid="backtest-end" />}
      </Field>
      <Field
        className="sm:col-span-2"
        label={t('capital')}
        hint={format.wonShort(capital)}
        error={errors.initial_capital?.message}
      >
        {(wiring) => (
          <Controller
            control={form.control}
            name="initial_capital"
            render={({ field: { ref, ...field } }) => (
              <IntegerInput {...wiring} {...field} inputRef={ref} className="tabular" data-testid="backtest-capital" />
            )}
          />
        )}
      </Field>
    </div>
  );
}
