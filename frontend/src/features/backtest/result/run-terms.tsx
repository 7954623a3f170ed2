import { useTranslations } from 'use-intl';
import { Fact } from '@/components/ui/fact';
import type { BacktestDetail, FillSettings, Universe } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

/** How orders were filled, among which issues, and what the run is held against. */
export function RunTerms({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('backtestForm');
  const { fill, universe, benchmark } = backtest;
  const universeText = useUniverseText();
  const slippageText = useSlippageText();
  const format = useFormat();
  return (
    <>
      {universe && <Fact name={t('universe')}>{universeText(universe)}</Fact>}
      {benchmark && <Fact name={t('benchmark')}>{benchmark}</Fact>}
      <Fact name={t('timing')}>{t(`timings.${fill.timing}`)}</Fact>
      <Fact name={t('volumeShare')}>{format.percent(fill.volume_share_percent / 100, { digits: 0 })}</Fact>
      <Fact name={t('slippage')}>{slippageText(fill.slippage)}</Fact>
    </>
  );
}

function useSlippageText(): (slippage: FillSettings['slippage']) => string {
  const t = useTranslations('backtestForm');
  return ({ kind, value }) => (kind === 'none' ? t('slippages.none') : t(`slippageOf.${kind}`, { value }));
}

function useUniverseText(): (universe: Universe) => string {
  const t = useTranslations('backtestForm');
  const markets = useTranslations('market.markets');
  return (universe) => {
    if (universe.kind === 'list') return t('universeOf.list', { count: universe.symbols.length });
    const named = universe.markets.map((market) => markets(market)).join(', ');
    if (universe.kind === 'market') return t('universeOf.market', { markets: named });
    return t('universeOf.top', {
      markets: named,
      count: universe.count,
      by: t(`rankedBy.${universe.by}`),
      rebalance: t(`rebalances.${universe.rebalance}`),
    });
  };
}
