import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { toast } from '@/components/ui/toast';
import { accounts } from '@/lib/api/accounts';
import { putAccount, showAccount } from '@/lib/api/shown-account';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useUrlState } from '@/lib/navigation';

/** Lets everything on screen belong to another account. */
export function useSelectAccount() {
  const t = useTranslations('accounts');
  const client = useQueryClient();
  const url = useUrlState();
  const accountName = useAccountName();
  const problemText = useProblemText();
  return useMutation({
    mutationFn: accounts.select,
    onSuccess: (account) => {
      putAccount(client, account);
      showAccount(client, account.id);
      // The fifth page of one account's orders says nothing of another's.
      if (url.page > 1) url.update({ page: undefined });
      toast.success(t('selected', { name: accountName(account) }));
    },
    onError: (error) => toast.error(problemText(error)),
  });
}
