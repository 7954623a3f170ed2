import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useForm, useWatch } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { CommissionFields } from '@/components/finance/commission-fields';
import { useTermsRules } from '@/components/finance/use-terms-rules';
import { Button } from '@/components/ui/button';
import { Field, Select } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { toast } from '@/components/ui/toast';
import { account } from '@/lib/api/account';
import { queries } from '@/lib/api/queries';
import { PLANS } from '@/lib/api/rules';
import type { CommissionTerms } from '@/lib/api/types';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { useDebounced } from '@/lib/hooks/use-debounced';
import { useCanWrite } from '@/lib/session/store';
import { ExampleCost } from './example-cost';
import { ppbOfPercent, termsOf, valuesOf } from '@/lib/commission/terms';

const TYPING_PAUSE_MS = 250;

export function CommissionForm({ terms }: { terms: CommissionTerms }) {
  const t = useTranslations();
  const client = useQueryClient();
  const canWrite = useCanWrite();
  const rules = useTermsRules();
  const form = useForm({
    resolver: zodResolver(
      z
        .object({
          plan: z.enum([...PLANS, 'own']),
          ...rules,
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
        {isOwn && <CommissionFields control={form.control} errors={errors} />}
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
