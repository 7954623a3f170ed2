import {
  AreaSeries,
  LineSeries,
  LineStyle,
  PriceScaleMode,
  type IChartApi,
  type ISeriesApi,
} from 'lightweight-charts';
import { useEffect, useRef, useState } from 'react';
import { useFormat } from '@/lib/format/use-format';
import { usePreferences } from '@/lib/preferences/store';
import { createFrame, frameOptions, withAlpha } from './base';
import { useChartColors, type ChartColors } from './colors';
import { colorOf, valueAt, type Line, type LineTone } from './line-data';

interface LineChartProps {
  /** The first is the one the others are held against. Must keep its identity while it does not change. */
  lines: Line[];
  /** Drawn as areas in a pane below. */
  below?: Line[];
  format: (value: number) => string;
  formatBelow?: (value: number) => string;
  logarithmic?: boolean;
  /** What the picture shows, for those who cannot see it. */
  label: string;
}

/** A single line is filled, several are not: areas would hide each other. */
type Drawn = ISeriesApi<'Area'> | ISeriesApi<'Line'>;

function addLine(chart: IChartApi, line: Line, alone: boolean, format: (value: number) => string): Drawn {
  const options = {
    lineWidth: 2 as const,
    lineStyle: line.tone === 'other' ? LineStyle.Dashed : LineStyle.Solid,
    priceLineVisible: false,
    priceFormat: { type: 'custom' as const, minMove: 1e-8, formatter: format },
  };
  return alone ? chart.addSeries(AreaSeries, options) : chart.addSeries(LineSeries, options);
}

function addArea(chart: IChartApi, format: (value: number) => string): Drawn {
  return chart.addSeries(
    AreaSeries,
    {
      lineWidth: 1,
      invertFilledArea: true,
      lastValueVisible: false,
      priceLineVisible: false,
      priceFormat: { type: 'custom', minMove: 1e-8, formatter: format },
    },
    1,
  );
}

function paint(series: Drawn, tone: LineTone, colors: ChartColors, below: boolean): void {
  const color = colorOf(tone, colors);
  if (series.seriesType() === 'Line') {
    (series as ISeriesApi<'Line'>).applyOptions({ color });
    return;
  }
  (series as ISeriesApi<'Area'>).applyOptions({
    lineColor: color,
    topColor: withAlpha(color, below ? 0.05 : 0.28),
    bottomColor: withAlpha(color, below ? 0.3 : 0.02),
  });
}

/** Curves over time, read day by day in the line above them. */
export default function LineChart(props: LineChartProps) {
  const { lines, below, format: text, formatBelow, logarithmic = false, label } = props;
  const container = useRef<HTMLDivElement>(null);
  const colors = useChartColors();
  const latest = useRef({ colors, text, formatBelow });
  const drawn = useRef<{ chart: IChartApi; series: [Line, Drawn, boolean][] } | null>(null);
  const locale = usePreferences((state) => state.locale);
  const [hovered, setHovered] = useState<string | null>(null);
  useEffect(() => {
    latest.current = { colors, text, formatBelow };
  });

  useEffect(() => {
    if (!container.current) return;
    const chart = createFrame(container.current, latest.current.colors, locale);
    const write = (value: number) => latest.current.text(value);
    const writeBelow = (value: number) => (latest.current.formatBelow ?? latest.current.text)(value);
    const series: [Line, Drawn, boolean][] = [];
    for (const line of lines) series.push([line, addLine(chart, line, lines.length === 1, write), false]);
    for (const line of below ?? []) series.push([line, addArea(chart, writeBelow), true]);
    if (below?.length) {
      chart.panes()[0]?.setStretchFactor(3);
      chart.panes()[1]?.setStretchFactor(1);
    }
    for (const [line, shape, isBelow] of series) {
      shape.setData(line.points.map(({ date, value }) => ({ time: date, value })));
      paint(shape, line.tone, latest.current.colors, isBelow);
    }
    // Before the box is measured there is no width to fit into, and the chart settles only after it told of one.
    let frame = 0;
    const fit = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => chart.timeScale().fitContent());
    };
    fit();
    chart.timeScale().subscribeSizeChange(fit);
    chart.subscribeCrosshairMove(({ time }) => setHovered(typeof time === 'string' ? time : null));
    drawn.current = { chart, series };
    return () => {
      cancelAnimationFrame(frame);
      chart.remove();
      drawn.current = null;
    };
  }, [lines, below, locale]);

  useEffect(() => {
    const mode = logarithmic ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal;
    drawn.current?.chart.priceScale('right').applyOptions({ mode });
  }, [logarithmic, lines, below, locale]);

  useEffect(() => {
    drawn.current?.chart.applyOptions(frameOptions(colors));
    for (const [line, shape, isBelow] of drawn.current?.series ?? []) {
      paint(shape, line.tone, colors, isBelow);
    }
  }, [colors]);

  return (
    <div className="flex size-full flex-col">
      <Reading {...props} date={hovered ?? lastDate(lines)} colors={colors} />
      <div ref={container} role="figure" aria-label={label} className="isolate min-h-0 flex-1" />
    </div>
  );
}

function lastDate(lines: Line[]): string | null {
  const dates = lines.flatMap(({ points }) => points.at(-1)?.date ?? []);
  return dates.length > 0 ? dates.reduce((latest, date) => (date > latest ? date : latest)) : null;
}

interface ReadingProps extends LineChartProps {
  date: string | null;
  colors: ChartColors;
}

/** Every curve's value on the day under the pointer, or on the last; it is the legend too. */
function Reading({ lines, below = [], format, formatBelow = format, date, colors }: ReadingProps) {
  const formats = useFormat();
  const entry = (line: Line, text: (value: number) => string) => {
    const value = date === null ? null : valueAt(line.points, date);
    return (
      <span key={line.id} className="inline-flex items-center gap-1.5">
        <span aria-hidden className="h-0.5 w-3.5 shrink-0 rounded-full" style={{ background: colorOf(line.tone, colors) }} />
        {line.label} {value !== null && <b className="font-semibold text-ink">{text(value)}</b>}
      </span>
    );
  };
  return (
    <p className="tabular flex min-h-6 flex-wrap gap-x-4 gap-y-0.5 pb-2 text-xs text-ink-faint">
      <span>{formats.date(date)}</span>
      {lines.map((line) => entry(line, format))}
      {below.map((line) => entry(line, formatBelow))}
    </p>
  );
}
