import type { Level } from './coverage-math';

/** From the best to the worst, as the legend shows them. */
export const LEVELS: Level[] = ['full', 'most', 'part', 'none', 'off'];

/** The hatching tells an empty period apart from a whole one where red and green look alike. */
export const LEVEL_STYLE: Record<Level, string> = {
  full: 'bg-accent',
  most: 'bg-accent/45',
  part: 'bg-warn/70',
  none: 'bg-danger/15 bg-[repeating-linear-gradient(135deg,var(--danger)_0_1.5px,transparent_1.5px_4px)]',
  off: 'bg-line/50',
};
