import { useEffect, useRef, type ReactNode } from 'react';
import { useWatch, type UseFormReturn } from 'react-hook-form';
import { ExternalLink } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { StakeBadge } from '@/components/finance/account-badges';
import { Field, Input } from '@/components/ui/field';
import { cn } from '@/lib/cn';
import { KeyFields, PasswordField } from './key-fields';
import type { AccountValues } from './key-values';

const PORTAL = 'https://apiportal.koreainvestment.com';
const WAY = ['signUp', 'apply', 'copy'] as const;
const ENVIRONMENTS = ['paper', 'live'] as const;

type Form = UseFormReturn<AccountValues>;

/** The heading of a step takes the focus, so that a screen reader says where one is. */
export function StepHeading({ children }: { children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h3 ref={heading} tabIndex={-1} className="text-base font-bold outline-none">
      {children}
    </h3>
  );
}

/** Where the keys come from. */
export function GuideStep() {
  const t = useTranslations('accounts');
  return (
    <>
      <StepHeading>{t('guide.title')}</StepHeading>
      <p className="text-sm text-ink-soft">{t('guide.text')}</p>
      <ol className="flex flex-col gap-3">
        {WAY.map((part, index) => (
          <li key={part} className="flex gap-3 text-sm">
            <span className="grid size-6 shrink-0 place-items-center rounded-full bg-raised text-xs font-bold text-ink-soft">
              {index + 1}
            </span>
            <span>{t(`guide.${part}`)}</span>
          </li>
        ))}
      </ol>
      <a
        href={PORTAL}
        target="_blank"
        rel="noopener noreferrer"
        className="inline-flex items-center gap-1.5 self-start font-semibold text-accent underline underline-offset-2"
      >
        {t('guide.portal')}
        <ExternalLink aria-hidden className="size-4" />
        <span className="sr-only">{t('newWindow')}</span>
      </a>
      <p className="rounded-lg bg-raised px-3 py-2.5 text-sm text-ink-soft">{t('guide.safety')}</p>
    </>
  );
}

/** Practice money or real money, and what the account is called. */
export function EnvironmentStep({ form, onEnvironment }: { form: Form; onEnvironment: (env: AccountValues['env']) => void }) {
  const t = useTranslations('accounts');
  const env = useWatch({ control: form.control, name: 'env' });
  const { errors } = form.formState;
  return (
    <>
      <StepHeading>{t('environment.title')}</StepHeading>
      <div role="radiogroup" aria-label={t('environment.title')} className="grid gap-3 sm:grid-cols-2">
        {ENVIRONMENTS.map((value) => (
          <label
            key={value}
            className={cn(
              'flex cursor-pointer flex-col gap-2 rounded-xl border p-4 has-focus-visible:outline-2 has-focus-visible:outline-accent',
              env === value ? 'border-accent ring-1 ring-accent' : 'border-line hover:bg-raised',
            )}
          >
            <span className="flex items-center gap-2.5">
              <input
                type="radio"
                name="env"
                value={value}
                checked={env === value}
                onChange={() => onEnvironment(value)}
                className="size-4 accent-accent"
                data-testid={`account-env-${value}`}
              />
              <span className="font-semibold">{t(`environment.${value}`)}</span>
              <StakeBadge account={{ broker: 'kis', env: value }} className="ml-auto" />
            </span>
            <span className="text-sm text-ink-soft">{t(`environment.${value}Text`)}</span>
          </label>
        ))}
      </div>
      {errors.env?.message && (
        <p role="alert" className="text-sm font-medium text-danger">
          {errors.env.message}
        </p>
      )}
      <p className="text-sm text-ink-faint">{t('environment.never')}</p>
      <Field label={t('name')} hint={t('nameHint')} error={errors.name?.message}>
        {(wiring) => <Input {...wiring} {...form.register('name')} autoComplete="off" data-testid="account-name" />}
      </Field>
    </>
  );
}

/** What only the owner knows. */
export function KeysStep({ form }: { form: Form }) {
  const t = useTranslations('accounts');
  const { register } = form;
  const { errors } = form.formState;
  const keys = { register: register as never, errors };
  return (
    <>
      <StepHeading>{t('keys.title')}</StepHeading>
      <p className="text-sm text-ink-soft">{t('keys.text')}</p>
      <KeyFields {...keys} />
      <Field label={t('number')} hint={t('numberHint')} error={errors.account_no?.message}>
        {(wiring) => (
          <Input
            {...wiring}
            {...register('account_no')}
            inputMode="numeric"
            autoComplete="off"
            placeholder="50001234-01"
            className="tabular"
            data-testid="account-number"
          />
        )}
      </Field>
      <PasswordField {...keys} />
    </>
  );
}
