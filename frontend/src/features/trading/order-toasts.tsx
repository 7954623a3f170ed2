import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { toast } from '@/components/ui/toast';
import type { StreamEvent } from '@/lib/api/types';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { useStreamListener } from '@/lib/realtime/provider';

/** Tells how the caller's own orders ended; a strategy's many orders stay quiet. */
export function OrderToasts() {
  const t = useTranslations('orders');
  const issueName = useIssueName();
  const tell = useCallback(
    (change: StreamEvent) => {
      if (change.event !== 'order.changed') return;
      const order = change.data;
      if (order.strategy_id !== null) return;
      if (order.state === 'filled') {
        toast.success(t('filledToast', { name: issueName(order), quantity: order.quantity }));
      } else if (order.state === 'rejected' || order.state === 'expired') {
        toast.error(t('endedToast', { name: issueName(order) }));
      }
    },
    [t, issueName],
  );
  useStreamListener(tell);
  return null;
}
