import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { reloadStrategies } from '@/lib/api/reload-strategies';
import { strategies } from '@/lib/api/strategies';
import type { Strategy } from '@/lib/api/types';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useCanWrite } from '@/lib/session/store';

/** Which version trades for which account; where a newer one was saved, the way to it. */
export function WhereActive({ strategy: { id, name, version, active_version, active_accounts } }: { strategy: Strategy }) {
  const t = useTranslations('strategies');
  const accountName = useAccountName();
  const client = useQueryClient();
  const canWrite = useCanWrite();
  const problemText = useProblemText();
  const accounts = active_accounts.map(accountName).join(', ');
  const switchOver = useMutation({
    mutationFn: () => strategies.activate(id, version, active_accounts[0]?.id),
    onSuccess: () => toast.success(t('versionActivated', { name, version, account: accounts })),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => reloadStrategies(client),
  });
  if (active_version === null) return null;
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 text-sm" data-testid="strategy-where">
      <span className="flex items-center gap-2 font-medium text-good">
        <span aria-hidden className="size-2 shrink-0 rounded-full bg-good" />
        {t('tradesFor', { accounts, version: active_version })}
      </span>
      {canWrite && active_version !== version && (
        <Button variant="secondary" size="sm" busy={switchOver.isPending} onClick={() => switchOver.mutate()} data-testid="strategy-switch-version">
          {t('switchTo', { version })}
        </Button>
      )}
    </div>
  );
}
