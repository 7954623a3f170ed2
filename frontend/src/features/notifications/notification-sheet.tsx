import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { BellOff, Check } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { Sheet } from '@/components/ui/sheet';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { notifications } from '@/lib/api/notifications';
import { queries } from '@/lib/api/queries';
import type { Notification } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { Link } from '@/lib/navigation';
import { useOpenOrder } from '@/lib/navigation/open-order';
import { UNSEEN } from './unseen';

/** Everything that was not seen yet, newest first; each stays until somebody says that they have seen it. */
export default function NotificationSheet({ onClose }: { onClose: () => void }) {
  const t = useTranslations('notifications');
  const query = useQuery(queries.notifications(UNSEEN));
  return (
    <Sheet testId="notification-sheet" title={t('title')} description={t('hint')} onClose={onClose}>
      <QueryView query={query} loading={<SkeletonRows rows={4} />}>
        {(page) =>
          page.items.length === 0 ? (
            <EmptyState icon={BellOff} title={t('none')} text={t('noneHint')} />
          ) : (
            <ul className="divide-y divide-line">
              {page.items.map((item) => (
                <Item key={item.id} item={item} onLeave={onClose} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Sheet>
  );
}

/** What leads to the page where something can be done. */
const RISKY = new Set<Notification['kind']>(['circuit_opened', 'monitor_tripped', 'preopen_failed', 'account_halted', 'account_review', 'arming_ended']);

function Item({ item, onLeave }: { item: Notification; onLeave: () => void }) {
  const t = useTranslations('notifications');
  const format = useFormat();
  const accountName = useAccountName();
  const { data: accounts } = useQuery(queries.accounts());
  const { open } = useOpenOrder();
  const account = accounts?.find(({ id }) => id === item.account_id);
  const { order_id: orderId } = item;
  const showOrder = (id: number) => {
    onLeave();
    open(id);
  };
  return (
    <li className="flex flex-col gap-2 px-4 py-4 sm:px-6" data-testid="notification" data-kind={item.kind}>
      <div>
        <p className="font-semibold">{t(`kinds.${item.kind}`)}</p>
        <p className="text-sm text-ink-soft">{t(`hints.${item.kind}`)}</p>
        <p className="tabular mt-0.5 text-xs text-ink-faint">
          {format.dateTime(item.at)}
          {account && ` · ${accountName(account)}`}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {orderId !== null && (
          <Button variant="secondary" size="sm" onClick={() => showOrder(orderId)} data-testid="notification-order">
            {t('toOrder', { id: orderId })}
          </Button>
        )}
        {RISKY.has(item.kind) && (
          <Button asChild variant="secondary" size="sm">
            <Link href="/risk/" prefetch={false} onClick={onLeave}>
              {t('toRisk')}
            </Link>
          </Button>
        )}
        <Seen id={item.id} />
      </div>
    </li>
  );
}

function Seen({ id }: { id: number }) {
  const t = useTranslations('notifications');
  const client = useQueryClient();
  const problemText = useProblemText();
  const seen = useMutation({
    mutationFn: () => notifications.acknowledge(id),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ['notifications'] }),
  });
  return (
    <Button variant="ghost" size="sm" busy={seen.isPending} onClick={() => seen.mutate()} data-testid="notification-seen">
      {!seen.isPending && <Check aria-hidden />}
      {t('seen')}
    </Button>
  );
}
