import { memo } from 'react';
import type { CoverageCell } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { groupOf, levelOf } from './coverage-math';
import { LEVEL_STYLE } from './level-style';

interface StripProps {
  axis: string[];
  cells: CoverageCell[];
  /** The cell the keyboard or the pointer is on. */
  cursor?: number | null;
  /** Each cell's element id is this with its place behind it. */
  id?: string;
  className?: string;
}

/** One series over time, a small bar for each period. */
export const Strip = memo(function Strip({ axis, cells, cursor, id, className }: StripProps) {
  // A gap between cells that are hardly wider than it would wash the colours out.
  const gaps = cn(axis.length <= 40 && 'p-px', axis.length <= 130 && 'md:p-px');
  const byPeriod = new Map(cells.map((cell) => [cell.period, cell]));
  return axis.map((period, index) => {
    const level = levelOf(byPeriod.get(period));
    const before = axis[index - 1];
    const begins = before !== undefined && groupOf(period) !== groupOf(before);
    return (
      <span
        key={period}
        id={id && `${id}-${index}`}
        role={id && 'gridcell'}
        aria-selected={id ? cursor === index : undefined}
        data-testid="coverage-cell"
        data-period={period}
        data-level={level}
        data-index={index}
        className={cn('min-w-0 flex-1', gaps, begins && 'ml-1', className)}
      >
        <span
          className={cn(
            'block h-full rounded-[2px]',
            LEVEL_STYLE[level],
            cursor === index && 'outline-2 outline-offset-1 outline-ink',
          )}
        />
      </span>
    );
  });
});
