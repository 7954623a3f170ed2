import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { toast } from '@/components/ui/toast';
import type { StreamEvent } from '@/lib/api/types';
import { useStreamListener } from '@/lib/realtime/provider';

/** Tells how the caller's own orders ended; a strategy's many orders stay quiet. */
export function OrderToasts() {
  const t = useTranslations('orders');
  const tell = useCallback(
    (change: StreamEvent) => {
      if (change.event !== 'order.changed') return;
      const order = change.data;
      if (order.strategy_id !== null) return;
      if (order.state === 'filled') {
        toast.success(t('filledToast', { name: order.name, quantity: order.quantity }));
      } else if (order.state === 'rejected' || order.state === 'expired') {
        toast.error(t('endedToast', { name: order.name }));
      }
    },
    [t],
  );
  useStreamListener(tell);
  return null;
}
