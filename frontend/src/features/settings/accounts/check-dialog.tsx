import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { FormProblem } from '@/components/ui/form-problem';
import { Sheet } from '@/components/ui/sheet';
import type { AccountItem } from '@/lib/api/types';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import type { Check } from './account-card';
import { CheckSteps } from './check-steps';
import { refusalOf } from './refusal';

interface CheckDialogProps {
  account: AccountItem;
  check: Check;
  onClose: () => void;
  onKeys: () => void;
}

/** What the broker says to an account now. */
export function CheckDialog({ account, check, onClose, onKeys }: CheckDialogProps) {
  const t = useTranslations('accounts');
  const accountName = useAccountName();
  const problemText = useProblemText();
  const refusal = refusalOf(check.data);
  return (
    <Sheet
      testId="account-check-sheet"
      title={t('check')}
      description={accountName(account)}
      onClose={onClose}
      footer={
        <>
          <Button variant="secondary" busy={check.isPending} onClick={() => check.mutate()}>
            {t('again')}
          </Button>
          {refusal?.field && <Button onClick={onKeys}>{t('changeKeys')}</Button>}
        </>
      }
    >
      <div className="flex flex-col gap-4 p-4 sm:p-6">
        <p className="text-sm text-ink-soft">{t('checkHint')}</p>
        {check.isError ? <FormProblem text={problemText(check.error)} /> : <CheckSteps check={check.isPending ? undefined : check.data} />}
      </div>
    </Sheet>
  );
}
