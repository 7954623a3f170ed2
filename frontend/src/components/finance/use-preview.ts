import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { isTraded } from '@/lib/api/market';
import { queries } from '@/lib/api/queries';
import type { Instrument, Preview, PreviewRequest } from '@/lib/api/types';
import { useDebounced } from '@/lib/hooks/use-debounced';

/** A strategy as a form has it right now. */
export interface PreviewSubject {
  type: string;
  parameters: Record<string, unknown>;
  /** The first is shown unless another is picked. */
  symbols: string[];
}

export const RANGES = ['6m', '1y', '2y', '5y'] as const;
export type Range = (typeof RANGES)[number];
const MONTHS: Record<Range, number> = { '6m': 6, '1y': 12, '2y': 24, '5y': 60 };
/** What the server shows when it is not told. */
const USUAL: Range = '2y';

/** How long a strategy stands still before it is looked at, in milliseconds. */
const PAUSE = 80;
/** The first page of the list has the names of all of the demo market. */
const LISTED = { page: 1, page_size: 200 };

/** The same day some months earlier. */
export function monthsBefore(day: string, months: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() - months);
  return date.toISOString().slice(0, 10);
}

export interface PreviewState {
  /** What the server says of the newest strategy it was shown. */
  answer: Preview | undefined;
  /** The last answer with bars for this issue; it stays while a strategy cannot run. */
  picture: Preview | undefined;
  /** The issue of the picture. */
  pictured: string | undefined;
  error: unknown;
  /** A newer answer is on its way. */
  isBehind: boolean;
  /** The issue shown; null while none is known. */
  issue: { symbol: string } & Partial<Instrument> | null;
  /** Issues the strategy watches, by name where one is known. */
  watched: ({ symbol: string } & Partial<Instrument>)[];
  pick: (issue: { symbol: string } & Partial<Instrument>) => void;
  range: Range;
  setRange: (range: Range) => void;
}

/** Shows a strategy to the server whenever it has stood still for a moment, and keeps the last picture meanwhile. */
export function usePreview({ type, parameters, symbols }: PreviewSubject): PreviewState {
  const listed = useQuery(queries.symbols(LISTED)).data?.items;
  const [picked, pick] = useState<PreviewState['issue']>(null);
  const [range, setRange] = useState<Range>(USUAL);
  const [lastDay, setLastDay] = useState<string | null>(null);
  const [good, setGood] = useState<{ symbol: string | undefined; answer: Preview } | null>(null);

  const watched = symbols.map((symbol) => listed?.find((item) => item.symbol === symbol) ?? { symbol });
  const example = listed?.find((item) => isTraded(item) && item.daily_bars > 0);
  const issue = picked ?? watched[0] ?? example ?? null;

  const request: PreviewRequest = {
    strategy_type: type,
    parameters,
    symbol: issue?.symbol,
    from: range === USUAL || lastDay === null ? undefined : monthsBefore(lastDay, MONTHS[range]),
  };
  const settled = useDebounced(JSON.stringify(request), PAUSE);
  const asked = useMemo(() => JSON.parse(settled) as PreviewRequest, [settled]);
  const { data: answer, error, isPlaceholderData, isFetching } = useQuery({
    ...queries.strategyPreview(asked),
    placeholderData: keepPreviousData,
  });
  const isShown = answer !== undefined && !isPlaceholderData;
  const isBehind = isPlaceholderData || isFetching || settled !== JSON.stringify(request);
  // State that follows the newest answer; set while rendering, so that no frame shows the old one.
  if (isShown && answer.candles.length > 0 && good?.answer !== answer) setGood({ symbol: asked.symbol ?? undefined, answer });
  if (isShown && range === USUAL && answer.to && answer.to !== lastDay) setLastDay(answer.to);

  return {
    answer,
    // The picture of another issue stays until its own has come.
    picture: good && (good.symbol === issue?.symbol || isBehind) ? good.answer : undefined,
    pictured: good?.symbol,
    error,
    isBehind,
    issue,
    watched,
    pick: (next) => {
      pick(next);
      setLastDay(null);
      setRange(USUAL);
    },
    range,
    setRange,
  };
}
