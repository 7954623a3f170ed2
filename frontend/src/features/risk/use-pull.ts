import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import type { Confirmed } from '@/components/finance/password-dialog';
import { toast } from '@/components/ui/toast';
import { account } from '@/lib/api/account';
import { admin } from '@/lib/api/admin';
import type { SwitchRow } from './switch-rows';

function reread(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: ['account', 'kill-switches'] });
  void client.invalidateQueries({ queryKey: ['orders'] });
}

/** Pulls a switch. The global one has a single stop: everybody halts. */
export function usePull({ scope, id }: SwitchRow) {
  const t = useTranslations('risk.switches');
  const client = useQueryClient();
  return useMutation<unknown, Error, 'halted' | 'reduce_only'>({
    mutationFn: (state) => (id === null ? admin.halt() : account.pull(scope, id, { state })),
    onSuccess: (_, state) => {
      toast.success(t(state === 'halted' ? 'pulled' : 'reduced'));
      reread(client);
    },
  });
}

/** Clears a switch. */
export function useClear({ scope, id }: SwitchRow) {
  const t = useTranslations('risk.switches');
  const client = useQueryClient();
  return useMutation<unknown, Error, Confirmed>({
    mutationFn: (values) => (id === null ? admin.resume(values) : account.clear(scope, id, values)),
    onSuccess: () => {
      toast.success(t('cleared'));
      reread(client);
    },
  });
}
