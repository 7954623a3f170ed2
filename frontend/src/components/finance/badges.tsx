import { useTranslations } from 'use-intl';
import { Badge, type Tone } from '@/components/ui/badge';
import type { JobStatus, Order, OrderState, Side, Signal } from '@/lib/api/types';

export function SideBadge({ side }: { side: Side }) {
  const t = useTranslations('side');
  return <Badge tone={side === 'buy' ? 'up' : 'down'}>{t(side)}</Badge>;
}

const SIGNAL_TONE: Record<Signal['signal_type'], Tone> = { buy: 'up', sell: 'down', hold: 'neutral' };

export function SignalBadge({ type }: { type: Signal['signal_type'] }) {
  const t = useTranslations('signalType');
  return <Badge tone={SIGNAL_TONE[type]}>{t(type)}</Badge>;
}

const ORDER_TONE: Record<OrderState, Tone> = {
  queued: 'neutral',
  created: 'neutral',
  sending: 'neutral',
  acked: 'accent',
  partial: 'accent',
  filled: 'good',
  cancelled: 'neutral',
  expired: 'neutral',
  denied: 'danger',
  not_sent: 'danger',
  rejected: 'danger',
  not_found: 'danger',
  unknown: 'warn',
  ambiguous: 'warn',
};

/** An order's state in plain words. */
export function OrderStateBadge({ order }: { order: Pick<Order, 'state'> }) {
  const t = useTranslations('orderState');
  return (
    <Badge tone={ORDER_TONE[order.state]} data-testid="order-state" data-state={order.state}>
      {t(order.state)}
    </Badge>
  );
}

const JOB_TONE: Record<JobStatus, Tone> = {
  queued: 'neutral',
  running: 'accent',
  done: 'good',
  failed: 'danger',
  cancelled: 'neutral',
  dead: 'danger',
};

/** State of work done in the background: a backtest, an import, any job. */
export function JobStatusBadge({ status }: { status: JobStatus }) {
  const t = useTranslations('jobStatus');
  return (
    <Badge tone={JOB_TONE[status]} data-testid="job-status" data-status={status}>
      {t(status)}
    </Badge>
  );
}
