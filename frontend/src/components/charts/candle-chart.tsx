import {
  CandlestickSeries,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type Time,
} from 'lightweight-charts';
import { useEffect, useRef } from 'react';
import type { Bar, Interval } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { usePreferences } from '@/lib/preferences/store';
import { createFrame, frameOptions, withAlpha } from './base';
import { onlyLastChanged, rangeAround, toCandle, toMarks, toVolume, type Mark, type Span } from './candle-data';
import { useChartColors, type ChartColors } from './colors';

interface Series {
  chart: IChartApi;
  candles: ISeriesApi<'Candlestick'>;
  volume: ISeriesApi<'Histogram'>;
  marks: ISeriesMarkersPluginApi<Time>;
}

interface CandleChartProps {
  bars: Bar[];
  interval: Interval;
  /** Where something was bought or sold. */
  marks?: Mark[];
  /** The time to bring into view; the newest bars unless given. */
  focus?: Span | null;
  /** What the picture shows, for those who cannot see it. */
  label: string;
}

function candleColors({ up, down }: ChartColors) {
  return {
    upColor: up,
    downColor: down,
    borderUpColor: up,
    borderDownColor: down,
    wickUpColor: up,
    wickDownColor: down,
  };
}

/** Candles over volume. A changed last bar is drawn in place; anything else reloads the series. */
export default function CandleChart({ bars, interval, marks, focus, label }: CandleChartProps) {
  const container = useRef<HTMLDivElement>(null);
  const series = useRef<Series | null>(null);
  const drawn = useRef<{ bars: Bar[]; interval: Interval; colors: ChartColors } | null>(null);
  const colors = useChartColors();
  const initialColors = useRef(colors);
  const locale = usePreferences((state) => state.locale);
  const format = useFormat();

  useEffect(() => {
    if (!container.current) return;
    const chart = createFrame(container.current, initialColors.current, locale);
    const candles = chart.addSeries(CandlestickSeries, {
      priceFormat: { type: 'custom', minMove: 1, formatter: (price: number) => format.price(Math.round(price)) },
    });
    const volume = chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    candles.priceScale().applyOptions({ scaleMargins: { top: 0.06, bottom: 0.22 } });
    series.current = { chart, candles, volume, marks: createSeriesMarkers(candles, []) };
    return () => {
      chart.remove();
      series.current = null;
      drawn.current = null;
    };
  }, [locale, format]);

  useEffect(() => {
    const current = series.current;
    if (!current) return;
    const before = drawn.current;
    const up = withAlpha(colors.up, 0.45);
    const down = withAlpha(colors.down, 0.45);
    const last = bars.at(-1);
    const sameView = before?.interval === interval && before.colors === colors;
    if (before && last && sameView && onlyLastChanged(before.bars, bars)) {
      current.candles.update(toCandle(last, interval));
      current.volume.update(toVolume(last, interval, up, down));
    } else {
      current.chart.applyOptions({
        ...frameOptions(colors),
        timeScale: { borderColor: colors.grid, timeVisible: interval !== '1d', rightOffset: 4 },
      });
      current.candles.applyOptions(candleColors(colors));
      current.candles.setData(bars.map((bar) => toCandle(bar, interval)));
      current.volume.setData(bars.map((bar) => toVolume(bar, interval, up, down)));
      const sameBars = before?.interval === interval && before.bars[0] === bars[0];
      if (!sameBars) showNewest(current.chart, bars.length);
    }
    drawn.current = { bars, interval, colors };
  }, [bars, interval, colors, locale, format]);

  useEffect(() => {
    series.current?.marks.setMarkers(toMarks(marks ?? [], bars, interval, colors));
  }, [marks, bars, interval, colors, locale, format]);

  useEffect(() => {
    const range = focus && rangeAround(bars, focus);
    if (range) series.current?.chart.timeScale().setVisibleLogicalRange(range);
  }, [focus, bars, locale, format]);

  return (
    <div
      ref={container}
      role="figure"
      aria-label={label}
      data-testid="candle-chart"
      className="isolate size-full"
    />
  );
}

const BARS_AT_FIRST = 120;

function showNewest(chart: IChartApi, count: number): void {
  if (count <= BARS_AT_FIRST) chart.timeScale().fitContent();
  else chart.timeScale().setVisibleLogicalRange({ from: count - BARS_AT_FIRST, to: count + 3 });
}
