import { useTranslations } from 'use-intl';
import { OrderStateBadge } from '@/components/finance/badges';
import { Button } from '@/components/ui/button';
import type { OrderDetail, OrderState } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { useSeconds } from '@/lib/hooks/use-seconds';
import { Link } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import { doubtHref, isInDoubt } from '@/lib/orders/states';

const PARTS = ['now', 'next', 'you'] as const;

/** Where an order stands, what the system does about it, and what a person may do, each in a sentence or two. */
export function OrderStanding({ order, linked = true }: { order: OrderDetail; linked?: boolean }) {
  const t = useTranslations('orderSheet');
  const sentences = useTranslations(`orderSheet.standing.${order.state satisfies OrderState}`);
  const format = useFormat();
  const canWrite = useCanWrite();
  const needsPerson = order.state === 'ambiguous' || order.is_suspect;
  const doubtful = isInDoubt(order.state) || order.is_suspect;
  return (
    <section
      aria-label={t('standingTitle')}
      data-testid="order-standing"
      className={cn('flex flex-col gap-3 rounded-xl border p-4', doubtful ? 'border-warn/50 bg-warn-soft' : 'border-line bg-raised')}
    >
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-ink-soft">
        <span className={doubtful ? '[&>span]:bg-surface' : undefined}>
          <OrderStateBadge order={order} />
        </span>
        <span className="tabular">{t('since', { time: format.dateTime(order.updated_at) })}</span>
      </p>
      <dl className="flex flex-col gap-2.5 text-sm">
        {PARTS.map((part) => (
          <div key={part}>
            <dt className="text-xs font-semibold text-ink-soft">{t(part)}</dt>
            <dd>{sentences(part)}</dd>
          </div>
        ))}
      </dl>
      {order.is_suspect && <p className="text-sm font-semibold text-warn">{t('suspect')}</p>}
      {order.locked_until && <LockNote until={order.locked_until} />}
      {needsPerson && linked && (
        <Button asChild className="self-start">
          <Link href={doubtHref(order)} prefetch={false} data-testid="order-decide">
            {t(canWrite ? 'decide' : 'seeEvidence')}
          </Link>
        </Button>
      )}
    </section>
  );
}

/** Says how long the order still blocks others of its kind, while it does. */
function LockNote({ until }: { until: string }) {
  const t = useTranslations('orderSheet');
  const format = useFormat();
  const now = useSeconds();
  if (Date.parse(until) <= now) return null;
  return <p className="text-sm text-ink-soft">{t('lockedUntil', { time: format.time(until) })}</p>;
}
