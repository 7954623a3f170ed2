/** More curves than this cannot be told apart. */
export const MOST_COMPARED = 5;

/** The runs an address names, each once, the first five of them. */
export function readIds(text: string | undefined): number[] {
  const numbers = (text ?? '').split(',').map(Number);
  const ids = numbers.filter((id) => Number.isSafeInteger(id) && id > 0);
  return [...new Set(ids)].slice(0, MOST_COMPARED);
}

export function compareHref(ids: number[]): string {
  return `/backtest/compare/?ids=${ids.join(',')}`;
}

/** Takes a run in or out; a sixth one is refused. */
export function toggled(ids: number[], id: number): number[] {
  if (ids.includes(id)) return ids.filter((other) => other !== id);
  return ids.length >= MOST_COMPARED ? ids : [...ids, id];
}
