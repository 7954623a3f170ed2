import {
  ColorType,
  createChart,
  CrosshairMode,
  type DeepPartial,
  type IChartApi,
  type TimeChartOptions,
} from 'lightweight-charts';
import type { Locale } from '@/lib/preferences/store';
import type { ChartColors } from './colors';

/** Colours of a chart's frame; the series bring their own. */
export function frameOptions(colors: ChartColors): DeepPartial<TimeChartOptions> {
  return {
    layout: {
      background: { type: ColorType.Solid, color: 'transparent' },
      textColor: colors.text,
      fontFamily: "'Pretendard Variable', Pretendard, system-ui, sans-serif",
      fontSize: 11,
      panes: { separatorColor: colors.grid, enableResize: false },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colors.grid } },
    rightPriceScale: { borderVisible: false },
    // The library's default shows no more than two points a pixel, which hides the first decades of a long curve.
    timeScale: { borderColor: colors.grid, minBarSpacing: 0.01 },
  };
}

/** An empty chart that fills its container and leaves page scrolling to the page. */
export function createFrame(container: HTMLElement, colors: ChartColors, locale: Locale): IChartApi {
  return createChart(container, {
    autoSize: true,
    ...frameOptions(colors),
    localization: { locale: locale === 'ko' ? 'ko-KR' : 'en-US', dateFormat: 'yyyy-MM-dd' },
    crosshair: { mode: CrosshairMode.Magnet },
    handleScroll: { vertTouchDrag: false, mouseWheel: false },
    handleScale: { mouseWheel: true, axisPressedMouseMove: { price: false, time: true } },
  });
}

/** A hex colour made see-through, for areas and volume bars. */
export function withAlpha(color: string, alpha: number): string {
  const hex = /^#([0-9a-f]{6})$/i.exec(color)?.[1];
  if (!hex) return color;
  const channel = (at: number) => parseInt(hex.slice(at, at + 2), 16);
  return `rgba(${channel(0)}, ${channel(2)}, ${channel(4)}, ${alpha})`;
}
