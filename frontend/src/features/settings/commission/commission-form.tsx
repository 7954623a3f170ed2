import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Field, Input, Select } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { IntegerInput } from '@/components/ui/integer-input';
import { toast } from '@/components/ui/toast';
import { account } from '@/lib/api/account';
import { queries } from '@/lib/api/queries';
import { PLANS } from '@/lib/api/rules';
import type { CommissionTerms } from '@/lib/api/types';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { useDebounced } from '@/lib/hooks/use-debounced';
import { useCanWrite } from '@/lib/session/store';
import { ExampleCost } from './example-cost';
import { MAX_MINIMUM, ppbOfPercent, termsOf, valuesOf } from './terms';

const TYPING_PAUSE_MS = 250;
const UNITS = ['1', '10'] as const;
const MODES = ['floor', 'nearest'] as const;

export function CommissionForm({ terms }: { terms: CommissionTerms }) {
  const t = useTranslations();
  const client = useQueryClient();
  const canWrite = useCanWrite();
  const minimumRange = t('validation.range', {
    field: t('settings.commissionMinimum'),
    min: 0,
    max: MAX_MINIMUM,
  });
  const form = useForm({
    resolver: zodResolver(
      z
        .object({
          plan: z.enum([...PLANS, 'own']),
          rate_ppb: z.string(),
          minimum: z.number({ error: minimumRange }).min(0, minimumRange).max(MAX_MINIMUM, minimumRange),
          unit: z.enum(UNITS),
          mode: z.enum(MODES),
        })
        .refine(({ plan, rate_ppb }) => plan !== 'own' || ppbOfPercent(rate_ppb) !== null, {
          path: ['rate_ppb'],
          message: t('settings.commissionRateRefused'),
        }),
    ),
    defaultValues: valuesOf(terms),
  });
  const problem = useFormProblem(form);
  const save = useMutation({
    mutationFn: account.setCommission,
    onSuccess: (saved) => {
      toast.success(t('settings.commissionSaved'));
      client.setQueryData(queries.commission().queryKey, saved);
      form.reset(valuesOf(saved));
      problem.clear();
    },
    onError: problem.show,
  });
  const watched = useWatch({ control: form.control });
  const isOwn = watched.plan === 'own';
  const example = termsOf({ ...valuesOf(terms), ...useDebounced(watched, TYPING_PAUSE_MS) });
  const { errors } = form.formState;
  return (
    <form
      noValidate
      onSubmit={form.handleSubmit((entered) => {
        const asked = termsOf(entered);
        if (asked) save.mutate(asked);
      })}
    >
      <fieldset disabled={!canWrite} className="flex max-w-md flex-col gap-4">
        <Field label={t('settings.commissionPlan')} error={errors.plan?.message}>
          {(wiring) => (
            <Select {...wiring} {...form.register('plan')} data-testid="commission-plan">
              {PLANS.map((plan) => (
                <option key={plan} value={plan}>
                  {t(`rules.plans.${plan}`)}
                </option>
              ))}
              <option value="own">{t('settings.commissionOwn')}</option>
            </Select>
          )}
        </Field>
        {isOwn && (
          <div className="grid grid-cols-2 gap-4">
            <Field label={t('settings.commissionPercent')} error={errors.rate_ppb?.message}>
              {(wiring) => (
                <Input
                  {...wiring}
                  {...form.register('rate_ppb')}
                  inputMode="decimal"
                  autoComplete="off"
                  data-testid="commission-rate"
                />
              )}
            </Field>
            <Field label={t('settings.commissionMinimum')} error={errors.minimum?.message}>
              {(wiring) => (
                <Controller
                  control={form.control}
                  name="minimum"
                  render={({ field }) => (
                    <IntegerInput
                      {...wiring}
                      value={field.value}
                      onChange={field.onChange}
                      inputRef={field.ref}
                      onBlur={field.onBlur}
                      data-testid="commission-minimum"
                    />
                  )}
                />
              )}
            </Field>
            <Field label={t('settings.commissionUnit')} error={errors.unit?.message}>
              {(wiring) => (
                <Select {...wiring} {...form.register('unit')} data-testid="commission-unit">
                  {UNITS.map((unit) => (
                    <option key={unit} value={unit}>
                      {t(`settings.commissionUnits.${unit}`)}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field label={t('settings.commissionMode')} error={errors.mode?.message}>
              {(wiring) => (
                <Select {...wiring} {...form.register('mode')} data-testid="commission-mode">
                  {MODES.map((mode) => (
                    <option key={mode} value={mode}>
                      {t(`settings.commissionModes.${mode}`)}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
        )}
        {example && <ExampleCost terms={example} />}
        <FormProblem text={problem.text} />
        <Button
          type="submit"
          className="self-start"
          busy={save.isPending}
          data-testid="commission-save"
        >
          {t('settings.commissionSave')}
        </Button>
      </fieldset>
    </form>
  );
}
