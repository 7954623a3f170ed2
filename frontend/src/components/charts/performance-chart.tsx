import { AreaSeries, LineStyle, type IChartApi, type ISeriesApi } from 'lightweight-charts';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { EquityPoint } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { usePreferences } from '@/lib/preferences/store';
import { createFrame, frameOptions, withAlpha } from './base';
import { useChartColors } from './colors';

interface Series {
  chart: IChartApi;
  equity: ISeriesApi<'Area'>;
  drawdown: ISeriesApi<'Area'> | null;
}

interface PerformanceChartProps {
  points: EquityPoint[];
  label: string;
  /** Adds a pane with the fall from the highest point so far. */
  drawdown?: boolean;
}

/** Equity over time, and below it how far it stood under its peak. */
export default function PerformanceChart({ points, label, drawdown = false }: PerformanceChartProps) {
  const t = useTranslations('metrics');
  const container = useRef<HTMLDivElement>(null);
  const series = useRef<Series | null>(null);
  const colors = useChartColors();
  const initialColors = useRef(colors);
  const locale = usePreferences((state) => state.locale);
  const format = useFormat();
  const [hovered, setHovered] = useState<string | null>(null);

  useEffect(() => {
    if (!container.current) return;
    const chart = createFrame(container.current, initialColors.current, locale);
    const equity = chart.addSeries(AreaSeries, {
      lineWidth: 2,
      priceFormat: { type: 'custom', minMove: 1, formatter: (value: number) => format.wonShort(value) },
      priceLineStyle: LineStyle.Dotted,
    });
    const fall = drawdown
      ? chart.addSeries(
          AreaSeries,
          {
            lineWidth: 1,
            invertFilledArea: true,
            lastValueVisible: false,
            priceLineVisible: false,
            priceFormat: {
              type: 'custom',
              minMove: 0.0001,
              formatter: (value: number) => format.percent(value, { digits: 1 }),
            },
          },
          1,
        )
      : null;
    if (fall) {
      chart.panes()[0]?.setStretchFactor(3);
      chart.panes()[1]?.setStretchFactor(1);
    }
    chart.subscribeCrosshairMove((move) => {
      setHovered(typeof move.time === 'string' ? move.time : null);
    });
    series.current = { chart, equity, drawdown: fall };
    return () => {
      chart.remove();
      series.current = null;
    };
  }, [drawdown, locale, format]);

  useEffect(() => {
    const current = series.current;
    if (!current) return;
    current.chart.applyOptions(frameOptions(colors));
    current.equity.applyOptions({
      lineColor: colors.accent,
      topColor: withAlpha(colors.accent, 0.28),
      bottomColor: withAlpha(colors.accent, 0.02),
    });
    current.drawdown?.applyOptions({
      lineColor: colors.down,
      topColor: withAlpha(colors.down, 0.05),
      bottomColor: withAlpha(colors.down, 0.3),
    });
  }, [colors, drawdown, locale, format]);

  useEffect(() => {
    const current = series.current;
    if (!current) return;
    current.equity.setData(points.map(({ date, equity }) => ({ time: date, value: equity })));
    current.drawdown?.setData(
      points.map((point) => ({ time: point.date, value: -Math.abs(point.drawdown) })),
    );
    current.chart.timeScale().fitContent();
  }, [points, drawdown, locale, format]);

  const shown = points.find((point) => point.date === hovered) ?? points.at(-1);
  return (
    <div className="flex size-full flex-col">
      {shown && (
        <p className="tabular flex flex-wrap gap-x-4 gap-y-0.5 pb-2 text-xs text-ink-faint">
          <span>{format.date(shown.date)}</span>
          <span>
            {t('equity')} <b className="font-semibold text-ink">{format.won(shown.equity)}</b>
          </span>
          {drawdown && (
            <span>
              {t('drawdown')}{' '}
              <b className="font-semibold text-ink">{format.percent(-Math.abs(shown.drawdown))}</b>
            </span>
          )}
        </p>
      )}
      <div ref={container} role="figure" aria-label={label} className="isolate min-h-0 flex-1" />
    </div>
  );
}
