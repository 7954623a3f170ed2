import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { FormProblem } from '@/components/ui/form-problem';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input } from '@/components/ui/field';
import type { KillSwitch } from '@/lib/api/types';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { useResume } from './use-kill-switch';

interface ResumeDialogProps {
  scope: KillSwitch['scope'];
  onClose: () => void;
}

/** Halting takes one click; resuming takes a password and a reason, which is kept. */
export default function ResumeDialog({ scope, onClose }: ResumeDialogProps) {
  const t = useTranslations();
  const resume = useResume(scope);
  const form = useForm({
    resolver: zodResolver(
      z.object({
        password: z.string().min(1, t('validation.required', { field: t('auth.password') })),
        reason: z
          .string()
          .trim()
          .min(1, t('validation.required', { field: t('killSwitch.reason') }))
          .max(500, t('validation.maxLength', { field: t('killSwitch.reason'), max: 500 })),
      }),
    ),
    defaultValues: { password: '', reason: '' },
  });
  const problem = useFormProblem(form, { password: t('errors.WRONG_PASSWORD') });
  const { errors } = form.formState;
  const submit = form.handleSubmit((values) =>
    resume.mutate(values, { onSuccess: onClose, onError: problem.show }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('killSwitch.resumeTitle')}
      description={t('killSwitch.resumeHint')}
    >
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t('killSwitch.reason')} error={errors.reason?.message}>
          {(wiring) => (
            <Input {...wiring} {...form.register('reason')} data-testid="resume-reason" />
          )}
        </Field>
        <Field label={t('auth.password')} error={errors.password?.message}>
          {(wiring) => (
            <Input
              {...wiring}
              {...form.register('password')}
              type="password"
              autoComplete="current-password"
              data-testid="resume-password"
            />
          )}
        </Field>
        <FormProblem text={problem.text} />
        <div className="flex justify-end gap-2">
          <Button variant="secondary" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" busy={resume.isPending} data-testid="resume-submit">
            {t('killSwitch.resume')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
