import { useMemo, type ReactNode } from 'react';
import type { Interval, Preview, PreviewMarker } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { usePreferences } from '@/lib/preferences/store';
import { useChartColors } from './colors';
import { placed, type PlacedSeries } from './preview-data';
import { usePreviewDrawing } from './use-preview-drawing';

interface PreviewChartProps {
  answer: Preview;
  interval: Interval;
  /** The bar to bring into view, in Unix seconds. */
  focus: number | null;
  /** What the picture shows, for those who cannot see it. */
  label: string;
  /** What is said of a fill while the pointer is on its bar. */
  describe: (marker: PreviewMarker) => ReactNode;
}

/** Bars, what a strategy looks at, and where it would have traded. */
export default function PreviewChart({ answer, interval, focus, label, describe }: PreviewChartProps) {
  const colors = useChartColors();
  const locale = usePreferences((state) => state.locale);
  const lines = useMemo(() => placed(answer.series), [answer.series]);
  const { container, hovered, panes } = usePreviewDrawing({ answer, interval, lines, colors, locale, focus });
  const place = hovered?.place ?? answer.candles.length - 1;
  const candle = answer.candles[place];
  const fills = hovered ? answer.markers.filter(({ time }) => time === candle?.[0]) : [];
  return (
    <div className="relative size-full min-w-0">
      <div ref={container} role="figure" aria-label={label} data-testid="preview-chart" data-marks={answer.markers.length} className="isolate absolute inset-0" />
      {panes.map((top, pane) => (
        <Legend
          key={pane}
          top={top}
          candle={pane === 0 ? candle : undefined}
          time={candle?.[0] ?? null}
          interval={interval}
          lines={lines.filter((line) => line.place === pane)}
        />
      ))}
      {hovered && fills.length > 0 && (
        <div
          className="pointer-events-none absolute z-10 max-w-72 rounded-lg border border-line bg-surface px-3 py-2 text-xs shadow-pop"
          style={hovered.isRight ? { right: `calc(100% - ${hovered.x - 12}px)`, top: 64 } : { left: hovered.x + 12, top: 64 }}
        >
          {fills.map((fill, index) => (
            <div key={index}>{describe(fill)}</div>
          ))}
        </div>
      )}
    </div>
  );
}

interface LegendProps {
  top: number;
  candle: Preview['candles'][number] | undefined;
  time: number | null;
  interval: Interval;
  lines: PlacedSeries[];
}

/** What the bar under the pointer says, or the last one; it names the lines too. */
function Legend({ top, candle, time, interval, lines }: LegendProps) {
  const format = useFormat();
  const locale = usePreferences((state) => state.locale);
  const instant = time === null ? null : new Date(time * 1000).toISOString();
  return (
    <div className="tabular pointer-events-none absolute left-1 flex max-w-[85%] flex-wrap gap-x-3 text-[0.6875rem] leading-4 text-ink-faint" style={{ top: top + 4 }}>
      {candle && (
        <span>
          {interval === '1d' ? format.date(instant) : format.dateTime(instant)}{' '}
          <b className="font-semibold text-ink">{format.price(candle[4])}</b>
        </span>
      )}
      {lines.map((line) => (
        <LegendEntry key={line.key} line={line} time={time} name={line.title[locale]} />
      ))}
    </div>
  );
}

function LegendEntry({ line, time, name }: { line: PlacedSeries; time: number | null; name: string }) {
  const format = useFormat();
  const values = useMemo(() => new Map(line.points as [number, number][]), [line.points]);
  const value = time === null ? undefined : values.get(time);
  const text = value === undefined ? null : format.number(value, digitsFor(value));
  return (
    <span className="inline-flex items-center gap-1">
      <span aria-hidden className="h-0.5 w-3 shrink-0 rounded-full" style={{ background: line.color }} />
      {name.replace(/\s*\([^)]*\)$/, '')} · {line.alias}
      {line.output !== 'value' && ` ${line.output}`} {text && <b className="font-semibold text-ink">{text}</b>}
    </span>
  );
}

/** Prices need no places, ratios some. */
export function digitsFor(value: number): number {
  const size = Math.abs(value);
  if (size >= 1_000) return 0;
  if (size >= 10) return 1;
  return size >= 0.1 || size === 0 ? 2 : 4;
}
