import { useTranslations } from 'use-intl';
import { parseFigure } from '@/features/backtest/figures/figures';
import { useFigureText, useFigureWords } from '@/features/backtest/figures/use-figure';
import type { SweepDetail } from '@/lib/api/types';
import { NOTHING } from '@/lib/format/format';
import { usualDirection } from './sweep-values';

/** What a search looks for: its name, how its values are written, and which end is wanted. */
export function useObjective({ objective }: Pick<SweepDetail, 'objective'>) {
  const t = useTranslations('sweeps');
  const words = useFigureWords();
  const text = useFigureText();
  const { figure, direction } = objective;
  const key = parseFigure(figure);
  const wanted = direction ?? usualDirection(figure);
  return {
    title: key ? words.title(key) : figure,
    write: (value: number | null | undefined) => {
      if (value === null || value === undefined) return NOTHING;
      return key ? text(key, value) : String(value);
    },
    maximize: wanted === 'maximize',
    directionText: t(`directions.${wanted}`),
  };
}
