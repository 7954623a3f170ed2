import { useMemo, useSyncExternalStore } from 'react';

export interface ChartColors {
  grid: string;
  text: string;
  accent: string;
  up: string;
  down: string;
}

const NAMES: Record<keyof ChartColors, string> = {
  grid: '--line',
  text: '--ink-faint',
  accent: '--accent',
  up: '--up',
  down: '--down',
};

/** The colours in force, as one string so that equal readings compare equal. */
function read(): string {
  const style = getComputedStyle(document.documentElement);
  const entries = Object.entries(NAMES).map(([key, name]) => [key, style.getPropertyValue(name).trim()]);
  return JSON.stringify(Object.fromEntries(entries));
}

function subscribe(notify: () => void): () => void {
  const observer = new MutationObserver(notify);
  observer.observe(document.documentElement, { attributeFilter: ['class', 'data-colors'] });
  return () => observer.disconnect();
}

/** The page's colours as a canvas needs them; they follow the theme and the colour convention. */
export function useChartColors(): ChartColors {
  const colors = useSyncExternalStore(subscribe, read);
  return useMemo(() => JSON.parse(colors) as ChartColors, [colors]);
}
