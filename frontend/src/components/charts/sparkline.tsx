import { cn } from '@/lib/cn';
import { HEIGHT, sparklinePath, WIDTH } from './sparkline-path';

interface SparklineProps {
  /** Ratios, equally spaced, from nought on. */
  points: number[];
  /** What the curve tells, for those who do not see it. */
  label: string;
  className?: string;
}

/** A curve the size of a word, in the colour of where it ends. */
export function Sparkline({ points, label, className }: SparklineProps) {
  const path = sparklinePath(points);
  if (!path) return null;
  const last = points.at(-1) ?? 0;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={cn('block h-10 w-full', last > 0 ? 'text-up' : last < 0 ? 'text-down' : 'text-ink-faint', className)}
      data-testid="sparkline"
    >
      <path d={path.area} fill="currentColor" opacity={0.12} />
      <line x1={0} x2={WIDTH} y1={path.zero} y2={path.zero} className="stroke-line-strong" strokeDasharray="2 3" vectorEffect="non-scaling-stroke" opacity={0.6} />
      <path d={path.line} fill="none" stroke="currentColor" strokeWidth={1.75} strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
