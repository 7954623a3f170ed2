import { zodResolver } from '@hookform/resolvers/zod';
import type { ReactNode } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { Button, type ButtonProps } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { useFormProblem } from '@/lib/forms/use-form-problem';

const MAX_REASON = 200;

export interface Confirmed {
  password: string;
  reason: string;
}

interface PasswordDialogProps {
  title: string;
  description: string;
  /** The word on the button. */
  confirm: string;
  variant?: ButtonProps['variant'];
  /** Words to be typed letter by letter, where nothing can be undone. */
  phrase?: string;
  /** Runs what was confirmed; a refusal is shown in the dialog. */
  run: (values: Confirmed) => Promise<unknown>;
  onClose: () => void;
  /** What the test ids of the fields begin with. */
  testId: string;
  children?: ReactNode;
}

/** Takes a password and a reason, which is kept, before something of consequence. */
export function PasswordDialog({ title, description, confirm, variant, phrase, run, onClose, testId, children }: PasswordDialogProps) {
  const t = useTranslations();
  const required = (field: string) => t('validation.required', { field });
  const form = useForm({
    resolver: zodResolver(
      z.object({
        password: z.string().min(1, required(t('auth.password'))),
        reason: z
          .string()
          .trim()
          .min(1, required(t('confirm.reason')))
          .max(MAX_REASON, t('validation.maxLength', { field: t('confirm.reason'), max: MAX_REASON })),
        phrase: z
          .string()
          .trim()
          .refine((typed) => phrase === undefined || typed === phrase, t('confirm.phraseDiffers')),
      }),
    ),
    defaultValues: { password: '', reason: '', phrase: '' },
  });
  const problem = useFormProblem(form, { password: t('errors.WRONG_PASSWORD') });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(({ password, reason }) => run({ password, reason }).then(onClose, problem.show));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} description={description}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4" data-testid={`${testId}-form`}>
        {children}
        <Field label={t('confirm.reason')} error={errors.reason?.message}>
          {(wiring) => <Input {...wiring} {...form.register('reason')} autoComplete="off" data-testid={`${testId}-reason`} />}
        </Field>
        {phrase !== undefined && (
          <Field label={t('confirm.phrase')} hint={t('confirm.phraseHint', { phrase })} error={errors.phrase?.message}>
            {(wiring) => <Input {...wiring} {...form.register('phrase')} autoComplete="off" data-testid={`${testId}-phrase`} />}
          </Field>
        )}
        <Field label={t('auth.password')} error={errors.password?.message}>
          {(wiring) => (
            <Input {...wiring} {...form.register('password')} type="password" autoComplete="current-password" data-testid={`${testId}-password`} />
          )}
        </Field>
        <FormProblem text={problem.text} />
        <div className="flex justify-end gap-2">
          <Button variant="secondary" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" variant={variant} busy={isSubmitting} data-testid={`${testId}-submit`}>
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
