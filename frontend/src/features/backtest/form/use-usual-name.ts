import { useScopeText } from '@/features/backtest/use-terms-text';
import type { BacktestRequest } from '@/lib/api/types';

const LONGEST = 100;
const SYMBOLS_SHOWN = 3;

/** What a run of what has this title is called, in the reader's language, while nobody gives it a name. */
export function useUsualName(title: string): (request: BacktestRequest) => string {
  const scopeText = useScopeText();
  return ({ symbols, universe }) =>
    `${title} ${scopeText({ symbols: symbols ?? [], universe: universe ?? null }, SYMBOLS_SHOWN)}`.slice(0, LONGEST);
}
