import { Controller, useWatch, type UseFormReturn } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { SymbolsField } from '@/components/finance/symbols-field';
import { ChoiceSelect } from '@/components/ui/choice-select';
import { Field, Group } from '@/components/ui/field';
import { IntegerInput } from '@/components/ui/integer-input';
import { Segmented } from '@/components/ui/segmented';
import { Switch } from '@/components/ui/switch';
import { AvailableHistory } from './available-history';
import { MarketChoice } from './market-choice';
import { RANKED_BY, REBALANCES, SCOPES, type BacktestFormValues } from './values';

/** Among which issues: named ones, or by a rule that sees only what was known on each day. */
export function ScopeFields({ form }: { form: UseFormReturn<BacktestFormValues> }) {
  const t = useTranslations('backtestForm');
  const scope = useWatch({ control: form.control, name: 'scope' });
  return (
    <div className="flex flex-col gap-4">
      <Group name={t('scope')} hint={t(`scopeHints.${scope}`)}>
        <Controller
          control={form.control}
          name="scope"
          render={({ field }) => (
            <Segmented
              label={t('scope')}
              value={field.value}
              onChange={field.onChange}
              options={SCOPES.map((value) => ({ value, label: t(`scopes.${value}`), testId: `scope-${value}` }))}
            />
          )}
        />
      </Group>
      {scope === 'list' ? <ListFields form={form} /> : <RuleFields form={form} ranked={scope === 'top'} />}
    </div>
  );
}

function ListFields({ form }: { form: UseFormReturn<BacktestFormValues> }) {
  const t = useTranslations('backtest');
  const symbols = useWatch({ control: form.control, name: 'symbols' });
  return (
    <>
      <Field label={t('symbols')} error={form.formState.errors.symbols?.message}>
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
    </>
  );
}

function RuleFields({ form, ranked }: { form: UseFormReturn<BacktestFormValues>; ranked: boolean }) {
  const t = useTranslations('backtestForm');
  const { control } = form;
  const errors = form.formState.errors.universe;
  return (
    <>
      <Controller
        control={control}
        name="universe.markets"
        render={({ field }) => (
          <MarketChoice value={field.value} onChange={field.onChange} error={errors?.markets?.message} />
        )}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        {ranked && (
          <>
            <Number form={form} name="count" label={t('count')} />
            <Field label={t('by')}>
              {() => (
                <Controller
                  control={control}
                  name="universe.by"
                  render={({ field }) => (
                    <ChoiceSelect
                      label={t('by')}
                      value={field.value}
                      options={RANKED_BY}
                      text={(by) => t(`rankedBy.${by}`)}
                      onChange={field.onChange}
                      testId="universe-by"
                    />
                  )}
                />
              )}
            </Field>
            <Field label={t('rebalance')}>
              {() => (
                <Controller
                  control={control}
                  name="universe.rebalance"
                  render={({ field }) => (
                    <ChoiceSelect
                      label={t('rebalance')}
                      value={field.value}
                      options={REBALANCES}
                      text={(rebalance) => t(`rebalances.${rebalance}`)}
                      onChange={field.onChange}
                      testId="universe-rebalance"
                    />
                  )}
                />
              )}
            </Field>
            <Number form={form} name="lookback_days" label={t('lookbackDays')} />
          </>
        )}
        <Number form={form} name="min_listed_days" label={t('minListedDays')} />
        <Choice form={form} name="sound" label={t('sound')} hint={t('soundHint')} />
        <Choice form={form} name="sell_on_exit" label={t('sellOnExit')} hint={t('sellOnExitHint')} />
      </div>
    </>
  );
}

interface NumberProps {
  form: UseFormReturn<BacktestFormValues>;
  name: 'count' | 'lookback_days' | 'min_listed_days';
  label: string;
}

function Number({ form, name, label }: NumberProps) {
  return (
    <Field label={label} error={form.formState.errors.universe?.[name]?.message}>
      {(wiring) => (
        <Controller
          control={form.control}
          name={`universe.${name}`}
          render={({ field: { ref, ...field } }) => (
            <IntegerInput {...wiring} {...field} inputRef={ref} className="tabular" data-testid={`universe-${name}`} />
          )}
        />
      )}
    </Field>
  );
}

interface ChoiceProps {
  form: UseFormReturn<BacktestFormValues>;
  name: 'sound' | 'sell_on_exit';
  label: string;
  hint: string;
}

function Choice({ form, name, label, hint }: ChoiceProps) {
  return (
    <Controller
      control={form.control}
      name={`universe.${name}`}
      render={({ field }) => (
        <label className="flex items-center justify-between gap-3 text-sm sm:col-span-2">
          <span>
            <span className="block font-semibold text-ink-soft">{label}</span>
            <span className="block text-ink-faint">{hint}</span>
          </span>
          <Switch checked={field.value} onCheckedChange={field.onChange} data-testid={`universe-${name}`} />
        </label>
      )}
    />
  );
}
