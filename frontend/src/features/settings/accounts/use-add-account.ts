import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { useSelectAccount } from '@/components/layout/use-select-account';
import { toast } from '@/components/ui/toast';
import { accounts } from '@/lib/api/accounts';
import { ApiProblem } from '@/lib/api/problem';
import { queries } from '@/lib/api/queries';
import { putAccount } from '@/lib/api/shown-account';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { usePreferences } from '@/lib/preferences/store';
import { EMPTY, requestOf, type AccountValues } from './key-values';
import { refusalOf } from './refusal';
import { useAccountRules } from './use-account-rules';

export const STEPS = ['guide', 'environment', 'keys', 'check'] as const;
export type StepName = (typeof STEPS)[number];

/** What is entered at each step. */
const FIELDS: Record<StepName, (keyof AccountValues)[]> = {
  guide: [],
  environment: ['env', 'name'],
  keys: ['app_key', 'app_secret', 'hts_id', 'account_no', 'password'],
  check: [],
};

const stepOf = (field: keyof AccountValues) => STEPS.find((step) => FIELDS[step].includes(field)) ?? 'keys';

/** Adding an account, step by step; the broker is asked before anything is saved. */
export function useAddAccount(onAdded: () => void) {
  const t = useTranslations('accounts');
  const errors = useTranslations('errors');
  const client = useQueryClient();
  const locale = usePreferences((state) => state.locale);
  const select = useSelectAccount();
  const { data: known = [] } = useQuery(queries.accounts());
  const usualName = (env: AccountValues['env']) => {
    const names = new Set(known.map(({ name }) => name));
    const usual = t(`usualName.${env}`);
    const numbered = [usual, ...known.map((_, index) => `${usual} ${index + 2}`)];
    return numbered.find((name) => !names.has(name)) ?? usual;
  };
  const [step, setStep] = useState<StepName>('guide');
  const form = useForm<AccountValues>({
    resolver: zodResolver(z.object(useAccountRules())),
    defaultValues: { ...EMPTY, name: usualName('paper') },
  });
  const problem = useFormProblem(form, { password: errors('WRONG_PASSWORD'), name: t('nameTaken') });
  const check = useMutation({ mutationFn: accounts.tryOut, onError: refused });
  const add = useMutation({
    mutationFn: accounts.add,
    onSuccess: (account) => {
      putAccount(client, account);
      toast.success(t('added', { name: account.name }), { label: t('useNow'), onAct: () => select.mutate(account.id) });
      onAdded();
    },
    onError: refused,
  });

  /** Leads to the entry that is to be mended, with what the broker says of it. */
  function mend() {
    const refusal = refusalOf(check.data);
    if (!refusal) return;
    const field = refusal.field ?? 'app_key';
    setStep(stepOf(field));
    if (!refusal.field) return;
    const words = [refusal.step.message, refusal.step.mend].map((part) => part?.[locale]);
    form.setError(field, { type: 'server', message: words.filter(Boolean).join(' ') });
  }

  /** A refusal of the server, such as a wrong password: back to where it can be mended. */
  function refused(error: unknown) {
    const names = error instanceof ApiProblem ? error.fields.map(({ field }) => field as keyof AccountValues) : [];
    setStep(names[0] ? stepOf(names[0]) : 'keys');
    problem.show(error);
  }

  async function next() {
    if (!(await form.trigger(FIELDS[step], { shouldFocus: true }))) return;
    const following = STEPS[STEPS.indexOf(step) + 1];
    if (!following) return;
    problem.clear();
    setStep(following);
    if (following === 'check') check.mutate(requestOf(form.getValues()));
  }

  const back = () => setStep(STEPS[Math.max(0, STEPS.indexOf(step) - 1)] ?? 'guide');
  const again = () => check.mutate(requestOf(form.getValues()));
  const save = () => add.mutate(requestOf(form.getValues()));
  const chooseEnvironment = (env: AccountValues['env']) => {
    form.setValue('env', env);
    form.clearErrors('env');
    if (!form.getFieldState('name').isDirty) form.resetField('name', { defaultValue: usualName(env) });
  };
  return { form, step, problem, check, add, next, back, again, mend, save, chooseEnvironment };
}
