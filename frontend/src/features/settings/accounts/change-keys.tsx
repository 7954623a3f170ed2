import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { FormProblem } from '@/components/ui/form-problem';
import { Sheet } from '@/components/ui/sheet';
import { toast } from '@/components/ui/toast';
import { accounts } from '@/lib/api/accounts';
import { ApiProblem } from '@/lib/api/problem';
import { putAccount } from '@/lib/api/shown-account';
import type { AccountItem, NewKeys } from '@/lib/api/types';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { CheckSteps } from './check-steps';
import { KeyFields, PasswordField } from './key-fields';
import { EMPTY, withoutBlanks } from './key-values';
import { useAccountRules } from './use-account-rules';

/** Other keys for an account, asked of the broker before they take the place of the old ones. */
export function ChangeKeys({ account, onClose }: { account: AccountItem; onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const accountName = useAccountName();
  const { app_key, app_secret, hts_id, password } = useAccountRules();
  const form = useForm({
    resolver: zodResolver(z.object({ app_key, app_secret, hts_id, password })),
    defaultValues: { app_key: EMPTY.app_key, app_secret: EMPTY.app_secret, hts_id: EMPTY.hts_id, password: EMPTY.password },
  });
  const problem = useFormProblem(form, { password: t('errors.WRONG_PASSWORD') });
  const change = useMutation({
    mutationFn: (keys: NewKeys) => accounts.change(account.id, { keys }),
    onSuccess: (changed) => {
      putAccount(client, changed);
      toast.success(t('accounts.keysChanged'));
      onClose();
    },
    onError: problem.show,
  });
  const check = change.error instanceof ApiProblem ? change.error.check : null;
  const keys = { register: form.register, errors: form.formState.errors };
  return (
    <Sheet
      testId="account-keys-sheet"
      title={t('accounts.changeKeys')}
      description={accountName(account)}
      onClose={onClose}
      footer={
        <Button type="submit" form="account-keys-form" busy={change.isPending} data-testid="account-keys-save">
          {t('accounts.changeKeysSave')}
        </Button>
      }
    >
      <form
        id="account-keys-form"
        noValidate
        className="flex flex-col gap-4 p-4 sm:p-6"
        onSubmit={form.handleSubmit((values) =>
          change.mutate({
            app_key: withoutBlanks(values.app_key),
            app_secret: withoutBlanks(values.app_secret),
            hts_id: values.hts_id.trim(),
            password: values.password,
          }),
        )}
      >
        <p className="text-sm text-ink-soft">{t('accounts.changeKeysHint')}</p>
        <KeyFields {...keys} />
        <PasswordField {...keys} />
        <FormProblem text={problem.text} />
        {check && <CheckSteps check={check} />}
      </form>
    </Sheet>
  );
}
