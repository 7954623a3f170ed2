import type { Finding } from './context';

export const STEPS = ['basics', 'indicators', 'entry', 'exit', 'risk', 'info'] as const;
export type Step = (typeof STEPS)[number];

/** Beginnings of paths of a document, and the step that shows what is there. */
const PLACES: [string, Step][] = [
  ['strategy.entry', 'entry'],
  ['strategy.exit', 'exit'],
  ['strategy.indicators', 'indicators'],
  ['strategy.candlesticks', 'indicators'],
  ['strategy.params', 'indicators'],
  ['overrides', 'indicators'],
  ['risk', 'risk'],
  ['metadata', 'info'],
  ['strategy', 'info'],
];

/** The step that shows what a finding is about; null for the document as a whole. */
export function stepOf(path: string): Step | null {
  return PLACES.find(([start]) => path === start || path.startsWith(`${start}.`) || path.startsWith(`${start}[`))?.[1] ?? null;
}

/** How many errors each step has. */
export function faultsOf(findings: Finding[]): Map<Step, number> {
  const faults = new Map<Step, number>();
  for (const { severity, path } of findings) {
    const step = stepOf(path);
    if (severity === 'error' && step) faults.set(step, (faults.get(step) ?? 0) + 1);
  }
  return faults;
}

/** Keys and places of a path such as `strategy.entry.conditions[2].operator`. */
export function pathOf(text: string): (string | number)[] {
  return text.split('.').flatMap((part) => {
    const [, key = part, places = ''] = /^([^[]*)((?:\[\d+\])*)$/.exec(part) ?? [];
    return [key, ...[...places.matchAll(/\[(\d+)\]/g)].map(([, place]) => Number(place))];
  });
}

const FOCUSABLE = 'input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled), button:not(:disabled)';

/** Brings the field nearest to a path before the reader and focuses it. Fields say by `data-path` what they show. */
export function focusField(root: HTMLElement, path: string): void {
  const fields = [...root.querySelectorAll<HTMLElement>('[data-path]')].filter(({ dataset: { path: own = '' } }) => path.startsWith(own));
  const [nearest] = fields.sort((a, b) => (b.dataset.path ?? '').length - (a.dataset.path ?? '').length);
  const target = nearest?.matches(FOCUSABLE) ? nearest : nearest?.querySelector<HTMLElement>(FOCUSABLE);
  (target ?? nearest)?.scrollIntoView({ block: 'center' });
  target?.focus({ preventScroll: true });
}
