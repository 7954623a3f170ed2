import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Field, Input } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { toast } from '@/components/ui/toast';
import { auth } from '@/lib/api/auth';
import { PASSWORD_MAX, PASSWORD_MIN } from '@/lib/forms/password';
import { useFormProblem } from '@/lib/forms/use-form-problem';

export function PasswordForm() {
  const t = useTranslations();
  const form = useForm({
    resolver: zodResolver(
      z
        .object({
          current_password: z
            .string()
            .min(1, t('validation.required', { field: t('settings.currentPassword') })),
          new_password: z
            .string()
            .min(PASSWORD_MIN, t('validation.passwordLength', { min: PASSWORD_MIN }))
            .max(
              PASSWORD_MAX,
              t('validation.maxLength', { field: t('settings.newPassword'), max: PASSWORD_MAX }),
            ),
          repeat: z.string(),
        })
        .refine((values) => values.new_password === values.repeat, {
          path: ['repeat'],
          message: t('validation.passwordRepeat'),
        }),
    ),
    defaultValues: { current_password: '', new_password: '', repeat: '' },
  });
  const problem = useFormProblem(form, {
    current_password: t('errors.WRONG_PASSWORD'),
    new_password: t('validation.passwordRefused'),
  });
  const change = useMutation({
    mutationFn: auth.changePassword,
    onSuccess: () => {
      toast.success(t('settings.passwordChanged'));
      form.reset();
      problem.clear();
    },
    onError: problem.show,
  });
  const { errors } = form.formState;
  const fields = [
    {
      name: 'current_password',
      label: t('settings.currentPassword'),
      complete: 'current-password',
    },
    { name: 'new_password', label: t('settings.newPassword'), complete: 'new-password' },
    { name: 'repeat', label: t('auth.passwordRepeat'), complete: 'new-password' },
  ] as const;
  return (
    <Card>
      <CardHeader title={t('settings.password')} hint={t('settings.passwordHint')} />
      <CardBody>
        <form
          noValidate
          className="flex max-w-md flex-col gap-4"
          onSubmit={form.handleSubmit(({ current_password, new_password }) =>
            change.mutate({ current_password, new_password }),
          )}
        >
          {fields.map(({ name, label, complete }) => (
            <Field key={name} label={label} error={errors[name]?.message}>
              {(wiring) => (
                <Input
                  {...wiring}
                  {...form.register(name)}
                  type="password"
                  autoComplete={complete}
                  data-testid={`password-${name}`}
                />
              )}
            </Field>
          ))}
          <FormProblem text={problem.text} />
          <Button type="submit" className="self-start" busy={change.isPending}>
            {t('settings.changePassword')}
          </Button>
        </form>
      </CardBody>
    </Card>
  );
}
