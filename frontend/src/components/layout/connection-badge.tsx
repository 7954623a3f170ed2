import { useTranslations } from 'use-intl';
import { cn } from '@/lib/cn';
import { useConnectionStatus } from '@/lib/realtime/provider';
import type { ConnectionStatus } from '@/lib/realtime/socket';

const DOT: Record<ConnectionStatus, string> = {
  online: 'bg-good',
  connecting: 'animate-pulse bg-warn',
  reconnecting: 'animate-pulse bg-warn',
  closed: 'bg-danger',
};

/** Whether what is on screen is live. */
export function ConnectionBadge() {
  const t = useTranslations('connection');
  const status = useConnectionStatus();
  return (
    <span
      role="status"
      data-testid="connection"
      data-status={status}
      title={t(`${status}Hint`)}
      className="flex items-center gap-1.5 text-xs font-medium text-ink-faint"
    >
      <span aria-hidden className={cn('size-2 rounded-full', DOT[status])} />
      <span className="max-sm:sr-only">{t(status)}</span>
    </span>
  );
}
