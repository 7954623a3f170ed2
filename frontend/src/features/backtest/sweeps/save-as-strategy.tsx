import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Sparkles } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { strategies } from '@/lib/api/strategies';
import type { ParameterMap, SweepDetail } from '@/lib/api/types';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useRouter } from '@/lib/navigation';
import { editHref } from '@/lib/navigation/strategies';
import { useCanWrite } from '@/lib/session/store';
import { parametersOf } from './handed-over';

interface SaveAsStrategyProps {
  sweep: Pick<SweepDetail, 'name' | 'base'>;
  parameters: ParameterMap;
}

/** Saves a document with the values found for it and opens it: a document is too long for an address. */
export function SaveAsStrategy({ sweep: { name, base }, parameters }: SaveAsStrategyProps) {
  const t = useTranslations('sweeps');
  const words = useTranslations('strategies');
  const router = useRouter();
  const client = useQueryClient();
  const canWrite = useCanWrite();
  const problemText = useProblemText();
  const save = useMutation({
    mutationFn: () =>
      strategies.create({
        name,
        strategy_type: base.strategy_type,
        parameters: parametersOf(base.parameters, parameters),
        symbols: base.symbols,
      }),
    onSuccess: (saved) => {
      toast.success(words('saved', { name: saved.name }));
      void client.invalidateQueries({ queryKey: ['strategies'] });
      router.push(editHref(saved));
    },
    onError: (error) => toast.error(problemText(error)),
  });
  return (
    <Button
      variant="secondary"
      size="sm"
      // A market is no list of issues, and a strategy has one.
      disabled={!canWrite || base.symbols.length === 0}
      busy={save.isPending}
      onClick={() => save.mutate()}
      data-testid="use-in-strategy"
    >
      <Sparkles aria-hidden />
      {t('useInStrategy')}
    </Button>
  );
}
