import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { auth } from '@/lib/api/auth';
import { queries } from '@/lib/api/queries';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { PASSWORD_MAX, PASSWORD_MIN } from '@/lib/forms/password';
import { Link, useRouter } from '@/lib/navigation';
import { sessionStore, useSession } from '@/lib/session/store';
import { AuthLayout } from './auth-layout';

export function RegisterForm() {
  const t = useTranslations();
  const router = useRouter();
  const signedIn = useSession((state) => state.status === 'signed-in');
  const { data: setup } = useQuery(queries.setup());
  const first = setup?.needs_first_account ?? false;
  const closed = setup !== undefined && !first && !setup.registration_open;

  useEffect(() => {
    document.title = `${t('auth.register')} · Exodus`;
  }, [t]);
  useEffect(() => {
    if (signedIn) router.replace('/');
  }, [signedIn, router]);

  const form = useForm({
    resolver: zodResolver(
      z
        .object({
          full_name: z.string().trim().min(1, t('validation.required', { field: t('auth.name') })),
          email: z.email(t('validation.email')),
          password: z
            .string()
            .min(PASSWORD_MIN, t('validation.passwordLength', { min: PASSWORD_MIN }))
            .max(PASSWORD_MAX, t('validation.maxLength', { field: t('auth.password'), max: PASSWORD_MAX })),
          repeat: z.string(),
        })
        .refine((values) => values.password === values.repeat, {
          path: ['repeat'],
          message: t('validation.passwordRepeat'),
        }),
    ),
    defaultValues: { full_name: '', email: '', password: '', repeat: '' },
  });
  const problem = useFormProblem(form, {
    email: t('validation.email'),
    password: t('validation.passwordRefused'),
  });
  const register = useMutation({
    mutationFn: auth.register,
    onSuccess: (session) => sessionStore.getState().signIn(session),
    onError: problem.show,
  });
  const { errors } = form.formState;

  if (closed) {
    return (
      <AuthLayout title={t('auth.registrationClosed')} description={t('auth.registrationClosedHint')}>
        <Button asChild className="w-full">
          <Link href="/login/">{t('auth.toLogin')}</Link>
        </Button>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout
      title={t(first ? 'auth.firstAccount' : 'auth.register')}
      description={t(first ? 'auth.firstAccountHint' : 'auth.registerHint')}
    >
      <form
        noValidate
        onSubmit={form.handleSubmit(({ full_name, email, password }) =>
          register.mutate({ full_name, email, password }),
        )}
        className="flex flex-col gap-4"
        data-testid="register-form"
      >
        <Field label={t('auth.name')} error={errors.full_name?.message}>
          {(wiring) => (
            <Input
              {...wiring}
              {...form.register('full_name')}
              autoComplete="name"
              autoFocus
              data-testid="register-name"
            />
          )}
        </Field>
        <Field label={t('auth.email')} error={errors.email?.message}>
          {(wiring) => (
            <Input
              {...wiring}
              {...form.register('email')}
              type="email"
              autoComplete="username"
              data-testid="register-email"
            />
          )}
        </Field>
        <Field
          label={t('auth.password')}
          hint={t('auth.passwordHint', { min: PASSWORD_MIN })}
          error={errors.password?.message}
        >
          {(wiring) => (
            <Input
              {...wiring}
              {...form.register('password')}
              type="password"
              autoComplete="new-password"
              data-testid="register-password"
            />
          )}
        </Field>
        <Field label={t('auth.passwordRepeat')} error={errors.repeat?.message}>
          {(wiring) => (
            <Input
              {...wiring}
              {...form.register('repeat')}
              type="password"
              autoComplete="new-password"
              data-testid="register-password-repeat"
            />
          )}
        </Field>
        <FormProblem text={problem.text} />
        <Button type="submit" size="lg" busy={register.isPending} data-testid="register-submit">
          {t(first ? 'auth.createFirst' : 'auth.register')}
        </Button>
      </form>
      {!first && (
        <p className="mt-5 text-center text-sm text-ink-soft">
          {t('auth.haveAccount')}{' '}
          <Link href="/login/" className="font-semibold text-accent underline-offset-2 hover:underline">
            {t('auth.login')}
          </Link>
        </p>
      )}
    </AuthLayout>
  );
}
