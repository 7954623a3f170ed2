import { memo, useId, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useTranslations } from 'use-intl';
import { Badge } from '@/components/ui/badge';
import type { Coverage } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { axisOf, groupsOf, ratioOf } from './coverage-math';
import { useCellText } from './period-text';
import { Strip } from './strip';

/** Name, time, share, missing. */
const COLUMNS = 'grid grid-cols-[minmax(8rem,13rem)_minmax(0,1fr)_4.5rem_4.5rem] items-center gap-x-3';

interface Cursor {
  row: number;
  column: number;
}

interface HeatMapProps {
  rows: Coverage[];
  onOpen: (series: Coverage) => void;
}

/**
 * Series over time. The arrows move over the cells, Enter opens the series; a line below tells the
 * cell in words, for the pointer and the keyboard alike.
 */
export function HeatMap({ rows, onOpen }: HeatMapProps) {
  const t = useTranslations('coverage');
  const id = useId();
  const axis = axisOf(rows);
  const [cursor, setCursor] = useState<Cursor | null>(null);

  const point = (event: MouseEvent) => {
    const cell = (event.target as Element).closest<HTMLElement>('[data-index]');
    const row = cell?.closest<HTMLElement>('[data-row]');
    if (cell && row) setCursor({ row: Number(row.dataset.row), column: Number(cell.dataset.index) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(cursor ?? { row: 0, column: 0 }, event.key, rows.length, axis.length);
    if (next) {
      event.preventDefault();
      setCursor(next);
    } else if (event.key === 'Enter' && event.target === event.currentTarget) {
      // Opened by this very press, the sheet takes the focus: Enter must not press what has it then.
      event.preventDefault();
      const series = rows[cursor?.row ?? 0];
      if (series) onOpen(series);
    }
  };
  return (
    <div
      role="grid"
      tabIndex={0}
      aria-label={t('mapLabel')}
      aria-activedescendant={cursor ? `${id}-${cursor.row}-${cursor.column}` : undefined}
      data-testid="coverage-grid"
      className="border-t border-line px-5 pb-3 -outline-offset-2"
      onKeyDown={onKeyDown}
      onFocus={() => setCursor((before) => before ?? { row: 0, column: axis.length - 1 })}
      onMouseOver={point}
      onMouseLeave={() => setCursor(null)}
    >
      <Header axis={axis} />
      {rows.map((series, index) => (
        <Row
          key={`${series.symbol}-${series.adjusted}`}
          id={`${id}-${index}`}
          index={index}
          series={series}
          axis={axis}
          cursor={cursor?.row === index ? cursor.column : null}
          onOpen={onOpen}
        />
      ))}
      <Reading series={cursor && rows[cursor.row]} period={cursor && axis[cursor.column]} />
    </div>
  );
}

/** Where a key leads from a cell; null for keys that lead nowhere. */
export function moved(from: Cursor, key: string, rows: number, columns: number): Cursor | null {
  const within = (value: number, count: number) => Math.min(Math.max(value, 0), count - 1);
  const { row, column } = from;
  switch (key) {
    case 'ArrowLeft':
      return { row, column: within(column - 1, columns) };
    case 'ArrowRight':
      return { row, column: within(column + 1, columns) };
    case 'ArrowUp':
      return { row: within(row - 1, rows), column };
    case 'ArrowDown':
      return { row: within(row + 1, rows), column };
    case 'Home':
      return { row, column: 0 };
    case 'End':
      return { row, column: within(columns, columns) };
    default:
      return null;
  }
}

/** The part of the width below which the name of a year would be cut off. */
const ROOM_FOR_A_NAME = 0.04;

function Header({ axis }: { axis: string[] }) {
  const t = useTranslations('coverage');
  const format = useFormat();
  return (
    <div role="row" className={cn(COLUMNS, 'py-2 text-xs font-semibold text-ink-faint')}>
      <span role="columnheader">{t('series')}</span>
      <span className="flex" aria-hidden>
        {groupsOf(axis).map(({ name, count }, index) => (
          <span
            key={name}
            style={{ flexGrow: count }}
            className={cn('tabular min-w-0 basis-0 overflow-hidden whitespace-nowrap', index > 0 && 'ml-1')}
          >
            {count / axis.length >= ROOM_FOR_A_NAME && (name.length === 4 ? name : format.month(name))}
          </span>
        ))}
      </span>
      <span role="columnheader" className="text-right">
        {t('share')}
      </span>
      <span role="columnheader" className="text-right">
        {t('missing')}
      </span>
    </div>
  );
}

interface RowProps {
  id: string;
  index: number;
  series: Coverage;
  axis: string[];
  cursor: number | null;
  onOpen: (series: Coverage) => void;
}

const Row = memo(function Row({ id, index, series, axis, cursor, onOpen }: RowProps) {
  const format = useFormat();
  return (
    <div
      role="row"
      data-row={index}
      data-testid="coverage-row"
      data-symbol={series.symbol}
      data-missing={series.missing}
      className={cn(COLUMNS, 'border-t border-line/60 py-1')}
    >
      <span role="rowheader" className="min-w-0">
        <SeriesButton series={series} onOpen={onOpen} />
      </span>
      <span className="flex h-6" onClick={() => onOpen(series)}>
        <Strip axis={axis} cells={series.cells} cursor={cursor} id={id} className="cursor-pointer" />
      </span>
      <span role="gridcell" className="tabular text-right text-sm font-semibold">
        {format.percent(ratioOf(series), { digits: 1 })}
      </span>
      <span
        role="gridcell"
        className={cn('tabular text-right text-sm', series.missing > 0 ? 'text-danger' : 'text-ink-faint')}
      >
        {format.integer(series.missing)}
      </span>
    </div>
  );
});

function SeriesButton({ series, onOpen }: { series: Coverage; onOpen: (series: Coverage) => void }) {
  const t = useTranslations('imports');
  const issueName = useIssueName();
  return (
    <button
      type="button"
      onClick={() => onOpen(series)}
      data-testid="coverage-open"
      className="flex min-h-6 max-w-full items-baseline gap-1.5 text-left text-sm underline-offset-2 hover:underline"
    >
      <span className="truncate font-semibold">{issueName(series)}</span>
      <span className="tabular shrink-0 text-xs text-ink-faint">{series.symbol}</span>
      {series.adjusted && <Badge className="shrink-0">{t('adjusted')}</Badge>}
    </button>
  );
}

interface ReadingProps {
  series: Coverage | null | undefined;
  period: string | null | undefined;
}

/** The cell under the pointer or the cursor, in words. */
function Reading({ series, period }: ReadingProps) {
  const t = useTranslations('coverage');
  const issueName = useIssueName();
  const cellText = useCellText();
  return (
    <p aria-live="polite" className="tabular mt-2 min-h-6 text-sm text-ink-soft" data-testid="coverage-reading">
      {series && period ? (
        <>
          <span className="font-semibold text-ink">{issueName(series)}</span>
          {' · '}
          {cellText(period, series.cells.find((cell) => cell.period === period))}
        </>
      ) : (
        t('mapHint')
      )}
    </p>
  );
}

/** The same on a phone: a card for each series, with its time as one bar. */
export function CoverageList({ rows, onOpen }: HeatMapProps) {
  const t = useTranslations('coverage');
  const format = useFormat();
  const axis = axisOf(rows);
  return (
    <ul className="divide-y divide-line border-t border-line" aria-label={t('mapLabel')}>
      {rows.map((series) => (
        <li
          key={`${series.symbol}-${series.adjusted}`}
          data-testid="coverage-row"
          data-symbol={series.symbol}
          data-missing={series.missing}
          className="flex flex-col gap-1.5 px-4 py-3"
        >
          <span className="flex items-baseline justify-between gap-3">
            <SeriesButton series={series} onOpen={onOpen} />
            <span className="tabular shrink-0 text-sm font-semibold">
              {format.percent(ratioOf(series), { digits: 1 })}
            </span>
          </span>
          <span className="flex h-4" aria-hidden onClick={() => onOpen(series)}>
            <Strip axis={axis} cells={series.cells} />
          </span>
          <span className="tabular flex justify-between text-xs text-ink-faint">
            <span>
              {format.date(series.first)} – {format.date(series.last)}
            </span>
            {series.missing > 0 && (
              <span className="text-danger">{t('missingCount', { count: series.missing })}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
