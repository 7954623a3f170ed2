import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { toast } from '@/components/ui/toast';
import { account } from '@/lib/api/account';
import { admin } from '@/lib/api/admin';
import { queries } from '@/lib/api/queries';
import type { KillSwitch } from '@/lib/api/types';
import { useProblemText } from '@/lib/i18n/use-problem-text';

const WIDEST_FIRST: KillSwitch['scope'][] = ['global', 'user', 'account', 'strategy'];

/** The switch that binds the caller hardest: halted before reduce-only, wide before narrow. */
export function bindingSwitch(switches: KillSwitch[]): KillSwitch | null {
  const bySeverity = (state: KillSwitch['state']) =>
    WIDEST_FIRST.map((scope) =>
      switches.find((entry) => entry.scope === scope && entry.state === state),
    ).find((entry) => entry !== undefined);
  // A single halted strategy is shown with the strategy, not above every page.
  const found = bySeverity('halted') ?? bySeverity('reduce_only');
  return found && found.scope !== 'strategy' ? found : null;
}

export function useBindingSwitch(): KillSwitch | null {
  const { data } = useQuery(queries.killSwitches());
  return data ? bindingSwitch(data) : null;
}

export function useHalt() {
  const t = useTranslations('killSwitch');
  const client = useQueryClient();
  const problemText = useProblemText();
  return useMutation({
    mutationFn: () => account.halt(),
    onSuccess: (result) => {
      toast.success(t('halted', { orders: result.cancelled_orders.length }));
      void client.invalidateQueries({ queryKey: ['account', 'kill-switches'] });
      void client.invalidateQueries({ queryKey: ['orders'] });
    },
    onError: (error) => toast.error(problemText(error)),
  });
}

export function useResume(scope: KillSwitch['scope']) {
  const t = useTranslations('killSwitch');
  const client = useQueryClient();
  return useMutation({
    mutationFn: scope === 'global' ? admin.resume : account.resume,
    onSuccess: () => {
      toast.success(t('resumed'));
      void client.invalidateQueries({ queryKey: ['account', 'kill-switches'] });
    },
  });
}
