import { cn } from '@/lib/cn';

/** Colour of a gain or loss; nought and nothing stay neutral. */
export function changeTone(value: number | null | undefined): string {
  if (!value) return 'text-ink';
  return value > 0 ? 'text-up' : 'text-down';
}

interface ChangeProps {
  /** Decides the colour. */
  value: number | null | undefined;
  /** Already formatted, with its sign: colour alone tells nothing to some. */
  text: string;
  className?: string;
}

export function Change({ value, text, className }: ChangeProps) {
  return <span className={cn('tabular font-semibold', changeTone(value), className)}>{text}</span>;
}
