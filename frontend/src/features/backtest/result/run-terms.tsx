import { useTranslations } from 'use-intl';
import { Fact } from '@/components/ui/fact';
import { useSlippageText, useUniverseText } from '@/features/backtest/use-terms-text';
import type { Backtest } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

type Terms = Pick<Backtest, 'fill' | 'universe' | 'benchmark'>;

/** How orders were filled, among which issues, and what the run is held against. */
export function RunTerms({ run: { fill, universe, benchmark } }: { run: Terms }) {
  const t = useTranslations('backtestForm');
  const universeText = useUniverseText();
  const slippageText = useSlippageText();
  const format = useFormat();
  const share = fill.volume_share_percent;
  return (
    <>
      {universe && (
        <Fact name={t('universe')} testId="run-universe">
          {universeText(universe)}
        </Fact>
      )}
      {benchmark && <Fact name={t('benchmark')}>{benchmark}</Fact>}
      <Fact name={t('timing')}>{t(`timings.${fill.timing}`)}</Fact>
      <Fact name={t('volumeShareName')}>{format.percent(share / 100, { digits: Number.isInteger(share) ? 0 : 2 })}</Fact>
      <Fact name={t('slippage')}>{slippageText(fill.slippage)}</Fact>
    </>
  );
}
