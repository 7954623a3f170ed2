import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { FormProblem } from '@/components/ui/form-problem';
import { Sheet } from '@/components/ui/sheet';
import { cn } from '@/lib/cn';
import { EnvironmentStep, GuideStep, KeysStep, StepHeading } from './account-form';
import { CheckSteps } from './check-steps';
import { refusalOf } from './refusal';
import { STEPS, useAddAccount, type StepName } from './use-add-account';

/** From nothing to an account that trades: where the keys are, which money, the keys, and what the broker says to them. */
export function AddAccount({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const adding = useAddAccount(onClose);
  const { form, step, problem, check } = adding;
  return (
    <Sheet
      testId="account-add"
      title={t('accounts.add')}
      description={t('accounts.addHint')}
      onClose={onClose}
      footer={<Buttons adding={adding} />}
    >
      <Progress step={step} />
      <form
        id="account-form"
        noValidate
        className="flex flex-col gap-4 p-4 sm:p-6"
        onSubmit={(event) => {
          event.preventDefault();
          void adding.next();
        }}
      >
        <FormProblem text={problem.text} />
        {step === 'guide' && <GuideStep />}
        {step === 'environment' && <EnvironmentStep form={form} onEnvironment={adding.chooseEnvironment} />}
        {step === 'keys' && <KeysStep form={form} />}
        {step === 'check' && (
          <>
            <StepHeading>{t('accounts.check')}</StepHeading>
            <p className="text-sm text-ink-soft">{t('accounts.checkHint')}</p>
            <CheckSteps check={check.isPending ? undefined : check.data} />
            <Verdict adding={adding} />
          </>
        )}
      </form>
    </Sheet>
  );
}

type Adding = ReturnType<typeof useAddAccount>;

function Verdict({ adding: { check } }: { adding: Adding }) {
  const t = useTranslations('accounts');
  if (check.isPending || !check.data) return null;
  const refusal = refusalOf(check.data);
  const sentence = !refusal ? 'checkPassed' : refusal.field ? 'checkRefused' : 'checkWaits';
  return (
    <p className={cn('text-sm font-medium', refusal ? 'text-ink' : 'text-good')} role="status" data-testid="account-verdict">
      {t(sentence)}
    </p>
  );
}

function Buttons({ adding }: { adding: Adding }) {
  const t = useTranslations();
  const { step, check, add } = adding;
  const refusal = refusalOf(check.data);
  return (
    <>
      {step !== 'guide' && (
        <Button variant="secondary" onClick={adding.back} disabled={add.isPending} className="mr-auto" data-testid="account-back">
          {t('accounts.back')}
        </Button>
      )}
      {step !== 'check' && (
        <Button type="submit" form="account-form" data-testid="account-next">
          {t(step === 'keys' ? 'accounts.checkNow' : 'accounts.next')}
        </Button>
      )}
      {step === 'check' && refusal && (
        <Button variant="secondary" onClick={adding.again} busy={check.isPending} data-testid="account-again">
          {t('accounts.again')}
        </Button>
      )}
      {step === 'check' && refusal?.field && !check.isPending && (
        <Button onClick={adding.mend} data-testid="account-mend">
          {t('accounts.mend')}
        </Button>
      )}
      {step === 'check' && !refusal?.field && (
        <Button onClick={adding.save} disabled={!check.data || check.isPending} busy={add.isPending} data-testid="account-save">
          {t(refusal ? 'accounts.saveAnyway' : 'accounts.save')}
        </Button>
      )}
    </>
  );
}

function Progress({ step }: { step: StepName }) {
  const t = useTranslations('accounts');
  const current = STEPS.indexOf(step);
  return (
    <ol className="flex gap-1.5 px-4 pt-4 sm:px-6" aria-label={t('progress')}>
      {STEPS.map((name, index) => (
        <li key={name} aria-current={name === step ? 'step' : undefined} className="min-w-0 flex-1">
          <span className={cn('block h-1 rounded-full', index <= current ? 'bg-accent' : 'bg-line')} />
          <span className={cn('mt-1 block truncate text-xs', name === step ? 'font-semibold text-ink' : 'text-ink-faint')}>
            {index + 1}. {t(`progressSteps.${name}`)}
          </span>
        </li>
      ))}
    </ol>
  );
}
