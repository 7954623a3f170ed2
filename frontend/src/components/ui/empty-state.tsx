import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  /** What to do next. */
  text: string;
  action?: ReactNode;
}

export function EmptyState({ icon: Icon, title, text, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center px-6 py-10 text-center" data-testid="empty-state">
      <span className="grid size-12 place-items-center rounded-full bg-raised text-ink-faint">
        <Icon aria-hidden className="size-6" />
      </span>
      <p className="mt-3 font-semibold">{title}</p>
      <p className="mt-1 max-w-sm text-sm text-balance text-ink-faint">{text}</p>
      {action && <div className="mt-4">{action}</div>}
    </div>
  );
}
