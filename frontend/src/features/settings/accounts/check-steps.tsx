import { Check, Minus, X } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { ProblemNote } from '@/components/finance/problem-note';
import type { AccountCheck, CheckedStep } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { usePreferences } from '@/lib/preferences/store';

const STEPS: CheckedStep['step'][] = ['token', 'account', 'quote', 'stream', 'hours'];

/** What the broker is asked, and what it said; all of it waits while there is no answer. */
export function CheckSteps({ check }: { check: AccountCheck | undefined }) {
  const t = useTranslations('accounts');
  return (
    <ol className="flex flex-col divide-y divide-line rounded-xl border border-line" aria-label={t('check')} aria-live="polite" aria-busy={!check}>
      {STEPS.map((name) => (
        <Step key={name} name={name} step={check?.steps.find((one) => one.step === name)} />
      ))}
    </ol>
  );
}

function Step({ name, step }: { name: CheckedStep['step']; step: CheckedStep | undefined }) {
  const t = useTranslations('accounts');
  const locale = usePreferences((state) => state.locale);
  const state = step?.state ?? 'waiting';
  return (
    <li className="flex gap-3 px-4 py-3" data-testid="check-step" data-step={name} data-state={state}>
      <Mark state={state} />
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <p className="flex flex-wrap items-baseline justify-between gap-x-3">
          <span className="font-semibold">{t(`steps.${name}`)}</span>
          <span className={cn('text-sm font-medium', state === 'ok' && 'text-good', state === 'failed' && 'text-danger', (state === 'waiting' || state === 'skipped') && 'text-ink-faint')}>
            {t(`stepStates.${state}`)}
          </span>
        </p>
        {step && state !== 'failed' && <p className="text-sm text-ink-soft">{step.message[locale]}</p>}
        {step && state === 'failed' && <ProblemNote problem={step} />}
      </div>
    </li>
  );
}

const CIRCLE = 'mt-0.5 grid size-5 shrink-0 place-items-center rounded-full';

function Mark({ state }: { state: CheckedStep['state'] | 'waiting' }) {
  switch (state) {
    case 'ok':
      return <span className={cn(CIRCLE, 'bg-good-soft text-good')}><Check aria-hidden className="size-3.5 stroke-3" /></span>;
    case 'failed':
      return <span className={cn(CIRCLE, 'bg-danger-soft text-danger')}><X aria-hidden className="size-3.5 stroke-3" /></span>;
    case 'skipped':
      return <span className={cn(CIRCLE, 'bg-raised text-ink-faint')}><Minus aria-hidden className="size-3.5" /></span>;
    case 'waiting':
      return <span aria-hidden className="mt-0.5 size-5 shrink-0 animate-spin rounded-full border-2 border-line-strong border-r-transparent" />;
  }
}
