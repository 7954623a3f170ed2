import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { toast } from '@/components/ui/toast';
import { reloadStrategies } from '@/lib/api/reload-strategies';
import { strategies } from '@/lib/api/strategies';
import type { Strategy } from '@/lib/api/types';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';

/** Brings an older version back, lets one trade, or stops the strategy; each can be taken back, on the account it was on. */
export function useVersionActions({ id, name, version: newest, active_version: active, active_accounts: [where] }: Strategy) {
  const t = useTranslations('versions');
  const words = useTranslations('strategies');
  const common = useTranslations('common');
  const client = useQueryClient();
  const problemText = useProblemText();
  const accountName = useAccountName();
  const outcome = {
    onError: (error: unknown) => toast.error(problemText(error)),
    onSettled: () => reloadStrategies(client),
  };
  const undo = (back: () => Promise<unknown>) => ({
    label: common('undo'),
    onAct: () => void back().catch(outcome.onError).finally(outcome.onSettled),
  });
  const restore = useMutation({
    mutationFn: (number: number) => strategies.restore(id, number),
    onSuccess: ({ version }, number) =>
      toast.success(t('restored', { number, version }), undo(() => strategies.restore(id, newest))),
    ...outcome,
  });
  const activate = useMutation({
    mutationFn: (number: number) => strategies.activate(id, number, where?.id),
    onSuccess: ({ active_accounts }, version) =>
      toast.success(
        words('versionActivated', { name, version, account: active_accounts.map(accountName).join(', ') }),
        undo(() => (active === null ? strategies.deactivate(id) : strategies.activate(id, active, where?.id))),
      ),
    ...outcome,
  });
  const deactivate = useMutation({
    mutationFn: () => strategies.deactivate(id),
    onSuccess: () => toast.success(words('deactivated', { name }), undo(() => strategies.activate(id, active ?? undefined, where?.id))),
    ...outcome,
  });
  return { restore, activate, deactivate };
}
