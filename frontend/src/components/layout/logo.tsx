import { cn } from '@/lib/cn';

/** The mark: steps that climb out of a frame. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 28 28" className={cn('size-7', className)}>
      <rect width="28" height="28" rx="7" className="fill-primary" />
      <path
        d="M6.5 19.5h5v-4.5h5v-4.5h5"
        fill="none"
        stroke="var(--primary-ink)"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx="21.5" cy="6.8" r="1.9" fill="var(--accent)" />
    </svg>
  );
}

export function Logo({ compact = false }: { compact?: boolean }) {
  return (
    <span className="flex items-center gap-2.5">
      <LogoMark />
      <span className={cn('text-lg font-extrabold tracking-tight', compact && 'max-sm:sr-only')}>
        Exodus
      </span>
    </span>
  );
}

/** What is on screen before there are words: the mark alone. */
export function Splash() {
  return (
    <div className="grid min-h-dvh place-items-center" aria-busy>
      <LogoMark className="size-12 animate-pulse" />
    </div>
  );
}
