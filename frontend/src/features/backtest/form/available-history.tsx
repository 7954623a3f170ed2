import { useQueries } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { queries } from '@/lib/api/queries';
import type { Instrument } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

/** Asking for more instruments than this one by one would use up the rate limit. */
const MOST_ASKED = 10;

/** The days for which every one of the instruments has history. */
export function commonHistory(instruments: Pick<Instrument, 'daily_from' | 'daily_to'>[]): { from: string; to: string } | null {
  const starts = instruments.flatMap(({ daily_from }) => daily_from ?? []);
  const ends = instruments.flatMap(({ daily_to }) => daily_to ?? []);
  if (instruments.length === 0 || starts.length < instruments.length) return null;
  const from = starts.reduce((latest, date) => (date > latest ? date : latest));
  const to = ends.reduce((earliest, date) => (date < earliest ? date : earliest));
  return from < to ? { from, to } : null;
}

interface AvailableHistoryProps {
  symbols: string[];
  onUse: (from: string, to: string) => void;
}

/** Says how far back the data reaches and fills the dates in. */
export function AvailableHistory({ symbols, onUse }: AvailableHistoryProps) {
  const t = useTranslations('backtest');
  const format = useFormat();
  const asked = symbols.slice(0, MOST_ASKED);
  const known = useQueries({ queries: asked.map((symbol) => queries.symbol(symbol)) }).flatMap(
    ({ data }) => data ?? [],
  );
  const history = known.length === asked.length ? commonHistory(known) : null;
  if (!history) return null;
  return (
    <p className="tabular flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-raised px-3 py-2 text-sm text-ink-soft">
      <span>{t('available', { from: format.date(history.from), to: format.date(history.to) })}</span>
      <button
        type="button"
        onClick={() => onUse(history.from, history.to)}
        className="font-semibold text-accent underline-offset-2 hover:underline"
        data-testid="backtest-use-all"
      >
        {t('useAll')}
      </button>
    </p>
  );
}
