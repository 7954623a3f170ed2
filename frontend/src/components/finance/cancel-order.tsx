import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { orders } from '@/lib/api/orders';
import type { Order } from '@/lib/api/types';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';

/** Asks to cancel what is open of an order. */
export function CancelOrder({ order }: { order: Order }) {
  const t = useTranslations('orders');
  const issueName = useIssueName();
  const client = useQueryClient();
  const problemText = useProblemText();
  const cancel = useMutation({
    mutationFn: () => orders.cancel(order.id),
    onSuccess: () => toast.info(t('cancelling', { name: issueName(order) })),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ['orders'] }),
  });
  return (
    <Button
      variant="secondary"
      size="sm"
      busy={cancel.isPending}
      onClick={() => cancel.mutate()}
      aria-label={t('cancelLabel', { name: issueName(order) })}
      data-testid="order-cancel"
    >
      {t('cancel')}
    </Button>
  );
}
