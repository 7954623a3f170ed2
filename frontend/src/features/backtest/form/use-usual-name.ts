import { useScopeText } from '@/features/backtest/use-terms-text';
import type { BacktestRequest, StrategyType } from '@/lib/api/types';
import { usePreferences } from '@/lib/preferences/store';

const LONGEST = 100;
const SYMBOLS_SHOWN = 3;

/** What a run of a kind of strategy is called, in the reader's language, while nobody gives it a name. */
export function useUsualName(type: StrategyType): (request: BacktestRequest) => string {
  const locale = usePreferences((state) => state.locale);
  const scopeText = useScopeText();
  return ({ symbols, universe }) =>
    `${type.title[locale]} ${scopeText({ symbols: symbols ?? [], universe: universe ?? null }, SYMBOLS_SHOWN)}`.slice(0, LONGEST);
}
