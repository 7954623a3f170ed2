import { Progress as Radix } from 'radix-ui';
import { cn } from '@/lib/cn';

const TONES = { accent: 'bg-accent', warn: 'bg-warn', danger: 'bg-danger' } as const;

interface ProgressProps {
  /** A ratio from 0 to 1; beyond is a full bar. */
  value: number;
  label: string;
  tone?: keyof typeof TONES;
}

/** A bar for work under way, or for how much of something is used. */
export function Progress({ value, label, tone = 'accent' }: ProgressProps) {
  const percent = Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <Radix.Root
      value={percent}
      aria-label={label}
      className="h-2 w-full overflow-hidden rounded-full bg-line"
    >
      <Radix.Indicator
        className={cn('h-full rounded-full transition-[width] duration-300', TONES[tone])}
        style={{ width: `${percent}%` }}
      />
    </Radix.Root>
  );
}
