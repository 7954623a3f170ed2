import { useTranslations } from 'use-intl';
import type { Tone } from '@/components/ui/badge';
import { TRADED_KINDS } from '@/lib/api/market';
import type { Instrument } from '@/lib/api/types';

export const MARKETS: Instrument['market'][] = ['kospi', 'kosdaq', 'konex'];
export const KINDS: Instrument['kind'][] = [...TRADED_KINDS, 'fund', 'right'];

type IssueState = Instrument['states'][number];

/** States in which an order may not reach the exchange at all; the others only warn. */
const STOPPED = new Set<IssueState>(['halted', 'liquidation', 'delisted']);

export function stateTone(state: IssueState): Tone {
  return STOPPED.has(state) ? 'danger' : 'warn';
}

/** An issue's market and kind in a few characters. */
export function useMarketAndKind(): (issue: Pick<Instrument, 'market' | 'kind'>) => string {
  const t = useTranslations('market');
  return ({ market, kind }) =>
    `${t(`markets.${market}`)} · ${t(`kinds.${kind}`)}`;
}
