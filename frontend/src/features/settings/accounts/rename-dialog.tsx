import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { toast } from '@/components/ui/toast';
import { accounts } from '@/lib/api/accounts';
import { putAccount } from '@/lib/api/shown-account';
import type { AccountItem } from '@/lib/api/types';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { useAccountRules } from './use-account-rules';

export function RenameDialog({ account, onClose }: { account: AccountItem; onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const { name } = useAccountRules();
  const form = useForm({ resolver: zodResolver(z.object({ name })), defaultValues: { name: account.name } });
  const problem = useFormProblem(form, { name: t('accounts.nameTaken') });
  const rename = useMutation({
    mutationFn: (values: { name: string }) => accounts.change(account.id, { name: values.name.trim() }),
    onSuccess: (renamed) => {
      putAccount(client, renamed);
      toast.success(t('accounts.renamed'));
      onClose();
    },
    onError: problem.show,
  });
  return (
    <Dialog open onOpenChange={onClose} title={t('accounts.rename')}>
      <form noValidate className="flex flex-col gap-4" onSubmit={form.handleSubmit((values) => rename.mutate(values))}>
        <Field label={t('accounts.name')} error={form.formState.errors.name?.message}>
          {(wiring) => <Input {...wiring} {...form.register('name')} autoComplete="off" data-testid="account-new-name" />}
        </Field>
        <FormProblem text={problem.text} />
        <div className="flex justify-end gap-2">
          <Button variant="secondary" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" busy={rename.isPending} data-testid="account-rename-save">
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
