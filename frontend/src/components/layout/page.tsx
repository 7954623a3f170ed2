import { useEffect, type ReactNode } from 'react';
import { cn } from '@/lib/cn';

interface PageProps {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** The frame of one page: its heading, its actions, its content, and the browser tab's title. */
export function Page({ title, description, actions, children, className }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Exodus`;
  }, [title]);
  return (
    <div className={cn('flex flex-col gap-5', className)}>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0">
          <h1 className="text-2xl font-extrabold tracking-tight">{title}</h1>
          {description && <p className="mt-0.5 text-sm text-ink-faint">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
