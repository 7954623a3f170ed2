import {
  CandlestickSeries,
  createSeriesMarkers,
  HistogramSeries,
  LineSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type Time,
} from 'lightweight-charts';
import { useEffect, useRef, useState, type RefObject } from 'react';
import type { Interval, Preview } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import type { Locale } from '@/lib/preferences/store';
import { createFrame, frameOptions, withAlpha } from './base';
import type { ChartColors } from './colors';
import { arrows, barTime, sameBars, shapeOf, type PlacedSeries } from './preview-data';

interface Drawing {
  chart: IChartApi;
  candles: ISeriesApi<'Candlestick'>;
  volume: ISeriesApi<'Histogram'>;
  marks: ISeriesMarkersPluginApi<Time>;
  lines: ISeriesApi<'Line'>[];
  shape: string;
  answer: Preview | null;
}

/** The bar under the pointer, and where the pointer is. */
export interface Hovered {
  place: number;
  x: number;
  isRight: boolean;
}

interface Subject {
  answer: Preview;
  interval: Interval;
  lines: PlacedSeries[];
  colors: ChartColors;
  locale: Locale;
  focus: number | null;
}

interface Result {
  container: RefObject<HTMLDivElement | null>;
  hovered: Hovered | null;
  /** Where each pane begins, in pixels from the top. */
  panes: number[];
}

const BARS_AROUND = 30;

/** Draws an answer and redraws only what differs, so that nothing blinks while a strategy is being changed. */
export function usePreviewDrawing({ answer, interval, lines, colors, locale, focus }: Subject): Result {
  const container = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const [panes, setPanes] = useState([0]);
  const format = useFormat();
  const firstColors = useRef(colors);

  useEffect(() => {
    const box = container.current;
    if (!box) return;
    const chart = createFrame(box, firstColors.current, locale);
    // The wheel belongs to the column that the chart stands in; the time axis can be pulled.
    chart.applyOptions({ handleScale: { mouseWheel: false } });
    const candles = chart.addSeries(CandlestickSeries, {
      priceLineVisible: false,
      priceFormat: { type: 'custom', minMove: 1, formatter: (price: number) => format.price(Math.round(price)) },
    });
    const volume = chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.86, bottom: 0 } });
    candles.priceScale().applyOptions({ scaleMargins: { top: 0.16, bottom: 0.16 } });
    chart.subscribeCrosshairMove(({ logical, point }) => {
      const count = drawing.current?.answer?.candles.length ?? 0;
      if (!point || logical === undefined || logical < 0 || logical >= count) setHovered(null);
      else setHovered({ place: Math.round(logical), x: point.x, isRight: point.x > box.clientWidth / 2 });
    });
    drawing.current = { chart, candles, volume, marks: createSeriesMarkers(candles, []), lines: [], shape: '', answer: null };
    const measure = () => setPanes(topsOf(chart));
    const observer = new ResizeObserver(() => requestAnimationFrame(measure));
    observer.observe(box);
    return () => {
      observer.disconnect();
      drawing.current = null;
      chart.remove();
    };
  }, [locale, format]);

  useEffect(() => {
    const current = drawing.current;
    if (!current) return;
    paintFrame(current, interval, colors);
    const isSame = sameBars(current.answer, answer);
    const up = withAlpha(colors.up, 0.35);
    const down = withAlpha(colors.down, 0.35);
    const bars = answer.candles.map(([time = 0, open = 0, high = 0, low = 0, close = 0, volume = 0]) => ({
      time: barTime(time, interval),
      open,
      high,
      low,
      close,
      volume,
    }));
    if (!isSame) {
      // A halted day has no prices and keeps its place.
      current.candles.setData(bars.map(({ time, open, high, low, close }) => (open === 0 ? { time } : { time, open, high, low, close })));
    }
    current.volume.setData(bars.map(({ time, open, close, volume }) => ({ time, value: volume, color: close >= open ? up : down })));
    drawLines(current, lines, interval);
    current.marks.setMarkers(arrows(answer.markers, interval, colors));
    current.answer = answer;
    if (!isSame) current.chart.timeScale().fitContent();
    const frame = requestAnimationFrame(() => drawing.current && setPanes(topsOf(drawing.current.chart)));
    return () => cancelAnimationFrame(frame);
  }, [answer, interval, lines, colors, locale, format]);

  useEffect(() => {
    const place = answer.candles.findIndex(([time]) => time === focus);
    if (place < 0) return;
    drawing.current?.chart.timeScale().setVisibleLogicalRange({ from: place - BARS_AROUND, to: place + BARS_AROUND });
    // A new answer must not take the reader back to where they once looked.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [focus]);

  return { container, hovered, panes };
}

function paintFrame({ chart, candles }: Drawing, interval: Interval, colors: ChartColors): void {
  chart.applyOptions({
    ...frameOptions(colors),
    timeScale: { borderColor: colors.grid, timeVisible: interval !== '1d', rightOffset: 2, minBarSpacing: 0.01 },
  });
  const { up, down } = colors;
  candles.applyOptions({ upColor: up, downColor: down, borderUpColor: up, borderDownColor: down, wickUpColor: up, wickDownColor: down });
}

function drawLines(current: Drawing, lines: PlacedSeries[], interval: Interval): void {
  const shape = shapeOf(lines);
  if (shape !== current.shape) {
    // From the last to the first, since an emptied pane takes itself away.
    for (const line of current.lines.reverse()) current.chart.removeSeries(line);
    current.lines = lines.map(({ place }) =>
      current.chart.addSeries(
        LineSeries,
        { lineWidth: 2, priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false },
        place,
      ),
    );
    current.chart.panes().forEach((pane, index) => pane.setStretchFactor(index === 0 ? 3 : 1));
    current.shape = shape;
  }
  lines.forEach(({ points, color, place }, index) => {
    const line = current.lines[index];
    line?.applyOptions({ color, lineWidth: place === 0 ? 2 : 1 });
    line?.setData(points.map(([time = 0, value = 0]) => ({ time: barTime(time, interval), value })));
  });
}

/** Panes stand under each other, a line apart. */
function topsOf(chart: IChartApi): number[] {
  let top = 0;
  return chart.panes().map((pane) => {
    const start = top;
    top += pane.getHeight() + 1;
    return start;
  });
}
