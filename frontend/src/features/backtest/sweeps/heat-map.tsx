import { useId, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useTranslations } from 'use-intl';
import { cn } from '@/lib/cn';
import { placeIn, rangeOf, type Cell, type Grid } from './grid';
import { mapColor, SCALE } from './map-colors';
import { moved, type Cursor } from './map-cursor';

interface HeatMapProps {
  grid: Grid;
  names: { across: string; down: string };
  write: (value: number | null) => string;
  label: string;
  /** Told which square is looked at. */
  onLook: (cell: Cell | null) => void;
  testId: string;
}

/** More columns than these leave no room for values: they are read one by one. */
const MOST_WRITTEN = 14;

/**
 * Trials by two parameters. The arrows move over the squares; what is looked at is told in words below, for the
 * pointer and the keyboard alike.
 */
export function HeatMap({ grid, names, write, label, onLook, testId }: HeatMapProps) {
  const t = useTranslations('sweeps');
  const id = useId();
  const range = rangeOf(grid);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const written = grid.columns.length <= MOST_WRITTEN;
  const look = (next: Cursor) => {
    setCursor(next);
    onLook(grid.cells[next.row]?.[next.column] ?? null);
  };
  const point = ({ target }: MouseEvent) => {
    const cell = (target as Element).closest<HTMLElement>('[data-row]');
    if (cell) look({ row: Number(cell.dataset.row), column: Number(cell.dataset.column) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(cursor ?? { row: 0, column: 0 }, event.key, grid.rows.length, grid.columns.length);
    if (!next) return;
    event.preventDefault();
    look(next);
    document.getElementById(`${id}-${next.row}-${next.column}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  return (
    <div className="flex flex-col gap-3">
      <div className="relative overflow-x-auto pb-1">
        <table
          role="grid"
          tabIndex={0}
          aria-label={label}
          aria-activedescendant={cursor ? `${id}-${cursor.row}-${cursor.column}` : undefined}
          data-testid={testId}
          onKeyDown={onKeyDown}
          onFocus={() => cursor ?? look({ row: 0, column: 0 })}
          onMouseOver={point}
          className="tabular w-full min-w-max border-separate border-spacing-0.5 text-center text-xs -outline-offset-2"
        >
          <thead>
            <tr className="text-left text-ink-faint">
              <td className="sticky left-0 w-px bg-surface" />
              <th colSpan={grid.columns.length} className="px-1 font-semibold">
                {names.across} →
              </th>
            </tr>
            <tr className="text-ink-faint">
              <th className="sticky left-0 w-px bg-surface px-2 text-left font-semibold whitespace-nowrap">{names.down} ↓</th>
              {grid.columns.map((value) => (
                <th key={String(value)} scope="col" className="min-w-9 px-1 py-1 font-semibold">
                  {String(value)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {grid.cells.map((cells, row) => (
              <tr key={String(grid.rows[row])}>
                <th scope="row" className="sticky left-0 bg-surface px-2 text-left font-semibold text-ink-faint">
                  {String(grid.rows[row])}
                </th>
                {cells.map((cell, column) => (
                  <td
                    key={column}
                    id={`${id}-${row}-${column}`}
                    role="gridcell"
                    data-row={row}
                    data-column={column}
                    data-testid={cell ? 'map-cell' : undefined}
                    data-value={cell?.value ?? undefined}
                    aria-label={cell ? write(cell.value) : t('noTrialHere')}
                    style={cell && cell.value !== null && range ? mapColor(placeIn(cell.value, range)) : undefined}
                    className={cn(
                      'h-9 min-w-9 rounded-sm px-1.5 font-medium',
                      (!cell || cell.value === null) &&
                        'bg-raised bg-[repeating-linear-gradient(135deg,var(--line)_0_2px,transparent_2px_6px)]',
                      cursor?.row === row && cursor.column === column && 'outline-2 outline-accent',
                    )}
                  >
                    {written && cell ? write(cell.value) : ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {range && (
        <p className="tabular flex items-center gap-2 text-xs text-ink-faint" aria-hidden>
          {write(range.least)}
          <span className="h-2.5 w-40 rounded-full" style={{ background: SCALE }} />
          {write(range.most)}
        </p>
      )}
    </div>
  );
}
