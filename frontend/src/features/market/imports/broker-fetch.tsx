import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { toast } from '@/components/ui/toast';
import { imports } from '@/lib/api/imports';
import { queries } from '@/lib/api/queries';
import { useProblemText } from '@/lib/i18n/use-problem-text';

/** Asks the broker for masters, indices and the calendar now; it comes by itself each morning. */
export function BrokerFetch() {
  const t = useTranslations('imports');
  const problemText = useProblemText();
  const client = useQueryClient();
  const { data: accounts } = useQuery(queries.accounts());
  const fetching = useMutation({
    mutationFn: imports.fetchFromBroker,
    onSuccess: () => void client.invalidateQueries({ queryKey: ['imports'] }),
    onError: (error) => toast.error(problemText(error)),
  });
  if (!accounts?.some((account) => account.broker === 'kis')) return null;
  return (
    <Card data-testid="broker-fetch">
      <CardHeader
        title={t('broker')}
        hint={t('brokerHint')}
        action={
          <Button
            variant="secondary"
            size="sm"
            busy={fetching.isPending}
            onClick={() => fetching.mutate()}
            data-testid="broker-fetch-now"
          >
            <Download aria-hidden />
            {t('fetchNow')}
          </Button>
        }
      />
    </Card>
  );
}
