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
import { Link, safeReturnPath, useRouter, useSearchParams } from '@/lib/navigation';
import { sessionStore, useSession } from '@/lib/session/store';
import { AuthLayout } from './auth-layout';
import { useRestoredSession } from './session-gate';

export function LoginForm() {
  const t = useTranslations();
  const router = useRouter();
  const next = safeReturnPath(useSearchParams().get('next'));
  const signedIn = useSession((state) => state.status === 'signed-in');
  const { data: setup } = useQuery(queries.setup());
  useRestoredSession();

  useEffect(() => {
    document.title = `${t('auth.login')} · Exodus`;
  }, [t]);
  useEffect(() => {
    if (signedIn) router.replace(next);
    else if (setup?.needs_first_account) router.replace('/register/');
  }, [signedIn, setup, router, next]);

  const form = useForm({
    resolver: zodResolver(
      z.object({
        email: z.email(t('validation.email')),
        password: z.string().min(1, t('validation.required', { field: t('auth.password') })),
      }),
    ),
    defaultValues: { email: '', password: '' },
  });
  const problem = useFormProblem(form);
  const login = useMutation({
    mutationFn: auth.login,
    onSuccess: (session) => sessionStore.getState().signIn(session),
    onError: problem.show,
  });
  const { errors } = form.formState;

  return (
    <AuthLayout title={t('auth.login')} description={t('auth.loginHint')}>
      <form
        noValidate
        onSubmit={form.handleSubmit((values) => login.mutate(values))}
        className="flex flex-col gap-4"
        data-testid="login-form"
      >
        <Field label={t('auth.email')} error={errors.email?.message}>
          {(wiring) => (
            <Input
              {...wiring}
              {...form.register('email')}
              type="email"
              autoComplete="username"
              autoFocus
              data-testid="login-email"
            />
          )}
        </Field>
        <Field label={t('auth.password')} error={errors.password?.message}>
          {(wiring) => (
            <Input
              {...wiring}
              {...form.register('password')}
              type="password"
              autoComplete="current-password"
              data-testid="login-password"
            />
          )}
        </Field>
        <FormProblem text={problem.text} />
        <Button type="submit" size="lg" busy={login.isPending} data-testid="login-submit">
          {t('auth.login')}
        </Button>
      </form>
      {setup?.registration_open && (
        <p className="mt-5 text-center text-sm text-ink-soft">
          {t('auth.noAccount')}{' '}
          <Link href="/register/" className="font-semibold text-accent underline-offset-2 hover:underline">
            {t('auth.register')}
          </Link>
        </p>
      )}
    </AuthLayout>
  );
}
