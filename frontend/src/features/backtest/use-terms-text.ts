import { useTranslations } from 'use-intl';
import type { Backtest, FillSettings, Universe } from '@/lib/api/types';

/** How far fills are from the price of the bar, in words. */
export function useSlippageText(): (slippage: FillSettings['slippage']) => string {
  const t = useTranslations('backtestForm');
  return ({ kind, value }) => (kind === 'none' ? t('slippages.none') : t(`slippageOf.${kind}`, { value }));
}

/** The rule of a universe in words, with all that it leaves out. */
export function useUniverseText(): (universe: Universe) => string {
  const t = useTranslations('backtestForm');
  const markets = useTranslations('market.markets');
  return (universe) => {
    if (universe.kind === 'list') return t('universeOf.list', { count: universe.symbols.length });
    const { min_listed_days = 0, exclude_states = [], sell_on_exit = false } = universe;
    const named = universe.markets.map((market) => markets(market)).join(', ');
    const chosen =
      universe.kind === 'market'
        ? t('universeOf.market', { markets: named })
        : t('universeOf.top', {
            markets: named,
            count: universe.count,
            by: t(`rankedBy.${universe.by}`),
            rebalance: t(`rebalances.${universe.rebalance}`),
          });
    return [
      chosen,
      min_listed_days > 0 && t('universeOf.listed', { days: min_listed_days }),
      exclude_states.includes('halted') && t('universeOf.sound'),
      sell_on_exit && t('universeOf.sold'),
    ]
      .filter((part) => part !== false)
      .join(' · ');
  };
}

/** Among which issues: the rule of a universe, or the first of those that are named. */
export function useScopeText(): (run: Pick<Backtest, 'symbols' | 'universe'>, shown: number) => string {
  const t = useTranslations('backtest');
  const universeText = useUniverseText();
  return ({ symbols, universe }, shown) => {
    if (universe) return universeText(universe);
    const more = symbols.length - shown;
    const named = symbols.slice(0, shown).join(', ');
    return more > 0 ? `${named} ${t('moreSymbols', { count: more })}` : named;
  };
}
