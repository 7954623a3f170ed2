import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { Card } from '@/components/ui/card';
import { changeTone } from './change';

interface MetricTileProps {
  label: string;
  value: string;
  /** Colours the value as gain or loss. */
  change?: number | null;
  note?: ReactNode;
  testId: string;
}

export function MetricTile({ label, value, change, note, testId }: MetricTileProps) {
  return (
    <Card className="px-4 py-3.5 sm:px-5">
      <p className="text-sm text-ink-faint">{label}</p>
      <p
        data-testid={testId}
        className={cn(
          'tabular mt-1 text-lg font-bold tracking-tight sm:text-xl',
          change === undefined ? 'text-ink' : changeTone(change),
        )}
      >
        {value}
      </p>
      {note && <p className="tabular mt-0.5 text-xs text-ink-faint">{note}</p>}
    </Card>
  );
}
