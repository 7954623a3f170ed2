import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { toast } from '@/components/ui/toast';
import { strategies } from '@/lib/api/strategies';
import type { Strategy } from '@/lib/api/types';
import { useProblemText } from '@/lib/i18n/use-problem-text';

/** Switching a strategy on and off, and deleting it, each with its outcome told. */
export function useStrategyActions(strategy: Pick<Strategy, 'id' | 'name'>) {
  const t = useTranslations('strategies');
  const client = useQueryClient();
  const problemText = useProblemText();
  const onError = (error: unknown) => toast.error(problemText(error));
  const reload = () => client.invalidateQueries({ queryKey: ['strategies'] });

  const setActive = useMutation({
    mutationFn: (active: boolean) =>
      active ? strategies.activate(strategy.id) : strategies.deactivate(strategy.id),
    onSuccess: (_, active) =>
      toast.success(t(active ? 'activated' : 'deactivated', { name: strategy.name })),
    onError,
    onSettled: reload,
  });
  const remove = useMutation({
    mutationFn: () => strategies.remove(strategy.id),
    onSuccess: () => toast.success(t('deleted', { name: strategy.name })),
    onError,
    onSettled: reload,
  });
  return { setActive, remove };
}
