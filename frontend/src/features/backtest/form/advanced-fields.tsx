import { Controller, useWatch, type UseFormReturn } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { CommissionFields } from '@/components/finance/commission-fields';
import { Field, Input, Select } from '@/components/ui/field';
import { Fold } from '@/components/ui/fold';
import { IntegerInput } from '@/components/ui/integer-input';
import { Segmented } from '@/components/ui/segmented';
import { PLANS } from '@/lib/api/rules';
import { BenchmarkField } from './benchmark-field';
import { SLIPPAGES, TIMINGS, type BacktestFormValues } from './values';

/** What most people leave as it is: what to compare with, how orders are filled, what trading costs. */
export function AdvancedFields({ form }: { form: UseFormReturn<BacktestFormValues> }) {
  const t = useTranslations('backtestForm');
  const { errors } = form.formState;
  const summary = useSummary(form);
  return (
    <Fold
      title={t('advanced')}
      summary={summary}
      forced={Boolean(errors.fill ?? errors.benchmark ?? errors.commission)}
      testId="backtest-advanced"
    >
      <Controller
        control={form.control}
        name="benchmark"
        render={({ field }) => (
          <BenchmarkField value={field.value} onChange={field.onChange} error={errors.benchmark?.message} />
        )}
      />
      <FillFields form={form} />
      <CommissionChoice form={form} />
    </Fold>
  );
}

function useSummary(form: UseFormReturn<BacktestFormValues>): string {
  const t = useTranslations('backtestForm');
  const plans = useTranslations('rules.plans');
  const settings = useTranslations('settings');
  const [fill, benchmark, { plan }] = useWatch({ control: form.control, name: ['fill', 'benchmark', 'commission'] });
  const { kind, value } = fill.slippage;
  return [
    t(`timings.${fill.timing}`),
    kind === 'none' ? t('noSlippage') : t(`slippageOf.${kind}`, { value }),
    plan === 'account' ? t('accountTerms') : plan === 'own' ? settings('commissionOwn') : plans(plan),
    benchmark || t('noBenchmark'),
  ].join(' · ');
}

function FillFields({ form }: { form: UseFormReturn<BacktestFormValues> }) {
  const t = useTranslations('backtestForm');
  const errors = form.formState.errors.fill;
  const [timing, kind] = useWatch({ control: form.control, name: ['fill.timing', 'fill.slippage.kind'] });
  return (
    <>
      <Field label={t('timing')} hint={t(`timingHints.${timing}`)} error={errors?.timing?.message}>
        {(wiring) => (
          <Select {...wiring} {...form.register('fill.timing')} data-testid="fill-timing">
            {TIMINGS.map((value) => (
              <option key={value} value={value}>
                {t(`timings.${value}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={t('volumeShare')} hint={t('volumeShareHint')} error={errors?.volume_share_percent?.message}>
        {(wiring) => (
          <Input
            {...wiring}
            {...form.register('fill.volume_share_percent', { valueAsNumber: true })}
            type="number"
            inputMode="decimal"
            step="any"
            className="tabular"
            data-testid="fill-volume-share"
          />
        )}
      </Field>
      <Field label={t('slippage')} hint={t('slippageHint')} error={errors?.slippage?.value?.message}>
        {(wiring) => (
          <div className="flex gap-3">
            <Controller
              control={form.control}
              name="fill.slippage.kind"
              render={({ field }) => (
                <Segmented
                  label={t('slippage')}
                  value={field.value}
                  onChange={field.onChange}
                  options={SLIPPAGES.map((value) => ({
                    value,
                    label: t(`slippages.${value}`),
                    testId: `slippage-${value}`,
                  }))}
                />
              )}
            />
            {kind !== 'none' && (
              <Controller
                control={form.control}
                name="fill.slippage.value"
                render={({ field: { ref, ...field } }) => (
                  <IntegerInput {...wiring} {...field} inputRef={ref} className="tabular w-24" data-testid="slippage-value" />
                )}
              />
            )}
          </div>
        )}
      </Field>
    </>
  );
}

function CommissionChoice({ form }: { form: UseFormReturn<BacktestFormValues> }) {
  const t = useTranslations('backtestForm');
  const settings = useTranslations('settings');
  const plans = useTranslations('rules.plans');
  const errors = form.formState.errors.commission;
  const plan = useWatch({ control: form.control, name: 'commission.plan' });
  return (
    <>
      <Field label={settings('commission')} hint={t('commissionHint')} error={errors?.plan?.message}>
        {(wiring) => (
          <Select {...wiring} {...form.register('commission.plan')} data-testid="backtest-commission">
            <option value="account">{t('accountTerms')}</option>
            {PLANS.map((value) => (
              <option key={value} value={value}>
                {plans(value)}
              </option>
            ))}
            <option value="own">{settings('commissionOwn')}</option>
          </Select>
        )}
      </Field>
      {plan === 'own' && <CommissionFields control={form.control} errors={errors} at="commission." />}
    </>
  );
}
