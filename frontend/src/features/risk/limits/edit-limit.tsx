import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useForm, useWatch } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { toast } from '@/components/ui/toast';
import { queries } from '@/lib/api/queries';
import { risk } from '@/lib/api/risk';
import type { Limit, LimitRequest } from '@/lib/api/types';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { useUnitText } from '@/lib/i18n/use-unit-text';
import { isRaise, parseLimit, typedLimit } from './limit-value';

/** Changes a limit: less at once, more with the password and ten minutes later. */
export function EditLimit({ limit, onClose }: { limit: Limit; onClose: () => void }) {
  const t = useTranslations();
  const names = useTranslations('risk.limitNames');
  const units = useTranslations('risk.limitUnits');
  const client = useQueryClient();
  const unitText = useUnitText();
  const { name, unit, value, least, hard_cap: cap } = limit;
  const raises = (text: string) => {
    const typed = parseLimit(text, unit);
    return typeof typed === 'number' && isRaise(name, value, typed);
  };
  const form = useForm({
    resolver: zodResolver(
      z
        .object({
          value: z.string().superRefine((text, refusal) => {
            const typed = parseLimit(text, unit);
            const say = (message: string) => refusal.addIssue({ code: 'custom', message });
            if (typeof typed === 'string') say(t(`risk.limitFaults.${typed}`, { unit: units(unit) }));
            else if (typed < least) say(t('risk.limitFaults.least', { least: unitText(least, unit) }));
            else if (typed > cap) say(t('risk.limitFaults.cap', { cap: unitText(cap, unit) }));
          }),
          password: z.string(),
        })
        .refine((values) => !raises(values.value) || values.password !== '', {
          path: ['password'],
          message: t('validation.required', { field: t('auth.password') }),
        }),
    ),
    defaultValues: { value: typedLimit(value, unit), password: '' },
  });
  const problem = useFormProblem(form, { password: t('errors.WRONG_PASSWORD') });
  const raising = raises(useWatch({ control: form.control, name: 'value' }));
  const { queryKey } = queries.risk();
  const save = useMutation({
    mutationFn: (body: LimitRequest) => risk.setLimit(name, body),
    onSuccess: ({ pending }) => {
      toast.success(t(pending ? 'risk.limit.raised' : 'risk.limit.lowered'));
      void client.invalidateQueries({ queryKey });
      onClose();
    },
    onError: problem.show,
  });
  const submit = form.handleSubmit((values) => {
    const typed = parseLimit(values.value, unit);
    if (typeof typed === 'number') save.mutate({ value: typed, unit, ...(raising && { password: values.password }) });
  });
  const { errors } = form.formState;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={names(name)} description={t('risk.limit.editHint')}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label={t('risk.limit.newValue', { unit: units(unit) })}
          hint={t('risk.limit.bounds', { least: unitText(least, unit), cap: unitText(cap, unit), default: unitText(limit.default, unit) })}
          error={errors.value?.message}
        >
          {(wiring) => <Input {...wiring} {...form.register('value')} inputMode="decimal" autoComplete="off" data-testid="limit-new-value" />}
        </Field>
        {raising && (
          <Field label={t('auth.password')} hint={t('risk.limit.raiseHint')} error={errors.password?.message}>
            {(wiring) => (
              <Input {...wiring} {...form.register('password')} type="password" autoComplete="current-password" data-testid="limit-password" />
            )}
          </Field>
        )}
        <FormProblem text={problem.text} />
        <div className="flex justify-end gap-2">
          <Button variant="secondary" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" busy={save.isPending} data-testid="limit-save">
            {t(raising ? 'risk.limit.raise' : 'common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
