import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

interface FactProps {
  name: ReactNode;
  children: ReactNode;
  /** What everything above comes to. */
  strong?: boolean;
  testId?: string;
}

/** One line of a `dl`: the name at the left, the value at the right. */
export function Fact({ name, children, strong, testId }: FactProps) {
  return (
    <div className="flex justify-between gap-4 border-b border-line py-2 text-sm last:border-b-0">
      <dt className={cn('shrink-0', strong ? 'font-bold' : 'text-ink-faint')}>{name}</dt>
      <dd
        data-testid={testId}
        className={cn('tabular min-w-0 text-right', strong ? 'font-bold' : 'font-medium')}
      >
        {children}
      </dd>
    </div>
  );
}
