import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { toast } from '@/components/ui/toast';
import { reloadStrategies } from '@/lib/api/reload-strategies';
import { strategies } from '@/lib/api/strategies';
import type { Strategy } from '@/lib/api/types';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';

const LONGEST_NAME = 100;

/** What can be done with a strategy of the list, each with its outcome told and, where possible, a way back. */
export function useStrategyActions({ id, name }: Pick<Strategy, 'id' | 'name'>) {
  const t = useTranslations('strategies');
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

  const setActive = useMutation({
    mutationFn: (active: boolean) => (active ? strategies.activate(id) : strategies.deactivate(id)),
    onSuccess: ({ active_accounts }, active) => {
      const account = active_accounts.map(accountName).join(', ');
      toast.success(active ? t('activated', { name, account }) : t('deactivated', { name }));
    },
    ...outcome,
  });
  const clone = useMutation({
    mutationFn: () => {
      const suffix = ` ${t('copy')}`;
      return strategies.clone(id, `${name.slice(0, LONGEST_NAME - suffix.length)}${suffix}`);
    },
    onSuccess: (copy) => toast.success(t('cloned', { name: copy.name }), undo(() => strategies.remove(copy.id))),
    ...outcome,
  });
  const archive = useMutation({
    mutationFn: () => strategies.archive(id),
    onSuccess: () => toast.success(t('archivedToast', { name }), undo(() => strategies.unarchive(id))),
    ...outcome,
  });
  const unarchive = useMutation({
    mutationFn: () => strategies.unarchive(id),
    onSuccess: () => toast.success(t('unarchivedToast', { name }), undo(() => strategies.archive(id))),
    ...outcome,
  });
  const remove = useMutation({
    mutationFn: () => strategies.remove(id),
    onSuccess: () => toast.success(t('deleted', { name })),
    ...outcome,
  });
  return { setActive, clone, archive, unarchive, remove };
}
