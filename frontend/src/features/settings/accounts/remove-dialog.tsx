import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { toast } from '@/components/ui/toast';
import { accounts } from '@/lib/api/accounts';
import { queries } from '@/lib/api/queries';
import { ACCOUNTS_KEY, dropAccount } from '@/lib/api/shown-account';
import type { AccountItem } from '@/lib/api/types';
import { useProblemText } from '@/lib/i18n/use-problem-text';

/** More strategies than trade at once anywhere. */
const ACTIVE = { is_active: true, page: 1, page_size: 200 };

/** Asks once more, and says what stands in the way. */
export function RemoveDialog({ account, onClose }: { account: AccountItem; onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const problemText = useProblemText();
  const { data: active } = useQuery(queries.strategyList(ACTIVE));
  const trading = (active?.items ?? []).filter(({ active_accounts }) => active_accounts.some(({ id }) => id === account.id));
  const remove = useMutation({
    mutationFn: () => accounts.remove(account.id),
    onSuccess: () => {
      dropAccount(client, account.id);
      // The server has selected the demo account if this one was selected.
      void client.invalidateQueries({ queryKey: ACCOUNTS_KEY });
      toast.success(t('accounts.removed', { name: account.name }));
      onClose();
    },
  });
  const isBlocked = trading.length > 0;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={t('accounts.removeTitle', { name: account.name })}
      description={t('accounts.removeHint')}
      confirm={t('accounts.remove')}
      busy={remove.isPending}
      disabled={isBlocked}
      problem={remove.isError ? problemText(remove.error) : null}
      onConfirm={() => remove.mutate()}
    >
      {isBlocked && (
        <div className="rounded-lg bg-warn-soft px-3 py-2.5 text-sm" data-testid="account-blocked">
          <p className="font-semibold text-warn">{t('accounts.removeBlocked')}</p>
          <ul className="mt-1 list-disc pl-5">
            {trading.map(({ id, name }) => (
              <li key={id}>{name}</li>
            ))}
          </ul>
        </div>
      )}
    </ConfirmDialog>
  );
}
