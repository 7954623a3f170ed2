import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { toast } from '@/components/ui/toast';
import { reloadStrategies } from '@/lib/api/reload-strategies';
import { strategies } from '@/lib/api/strategies';
import type { Strategy } from '@/lib/api/types';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';

/** Tells that a strategy was saved; where another version of it trades, or none does, it offers to let the new one trade. */
export function useSavedToast(): (saved: Strategy, before: Pick<Strategy, 'version'> | null) => void {
  const t = useTranslations('strategies');
  const client = useQueryClient();
  const problemText = useProblemText();
  const accountName = useAccountName();
  return (saved, before) => {
    const { id, name, version, active_version: active, active_accounts: [where] } = saved;
    void reloadStrategies(client);
    if (before?.version === version) return toast.info(t('unchanged', { name }));
    if (before === null) return toast.success(t('saved', { name }));
    const activate = async () => {
      try {
        const { active_accounts } = await strategies.activate(id, version, where?.id);
        toast.success(t('versionActivated', { name, version, account: active_accounts.map(accountName).join(', ') }));
      } catch (error) {
        toast.error(problemText(error));
      }
      await reloadStrategies(client);
    };
    const text = active === null ? t('savedVersion', { name, version }) : t('savedBeside', { name, version, active });
    toast.success(text, { label: t('switchTo', { version }), onAct: () => void activate() });
  };
}
