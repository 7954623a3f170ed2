import { useQuery } from '@tanstack/react-query';
import { BellRing } from 'lucide-react';
import { lazy, Suspense, useCallback, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { queries } from '@/lib/api/queries';
import type { StreamEvent } from '@/lib/api/types';
import { useStreamListener } from '@/lib/realtime/provider';
import { UNSEEN } from './unseen';

const NotificationSheet = lazy(() => import('./notification-sheet'));

/** Stands in the header while something waits to be seen, and says so when it comes. */
export function NotificationBell() {
  const t = useTranslations('notifications');
  const [open, setOpen] = useState(false);
  const { data } = useQuery(queries.notifications(UNSEEN));
  const tell = useCallback(
    (change: StreamEvent) => {
      if (change.event !== 'notification.changed' || change.data.acknowledged_at !== null) return;
      toast.error(t(`kinds.${change.data.kind}`));
    },
    [t],
  );
  useStreamListener(tell);
  const count = data?.total ?? 0;
  if (count === 0 && !open) return null;
  return (
    <>
      <Button
        variant="ghost"
        size="sm"
        className="relative size-9 px-0"
        onClick={() => setOpen(true)}
        data-testid="notification-bell"
      >
        <BellRing aria-hidden className="text-danger" />
        <span className="sr-only">{t('open')} </span>
        <span className="tabular absolute -top-0.5 -right-0.5 min-w-4.5 rounded-full bg-danger px-1 text-[0.6875rem] leading-4.5 font-bold text-danger-ink">
          {count}
        </span>
      </Button>
      {open && (
        <Suspense>
          <NotificationSheet onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
