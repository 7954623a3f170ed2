import { http, unwrap } from './client';
import { ask, type Candles, type Instrument, type Prices, type TradedKind } from './contract';
import type { Interval, Page, PageQuery } from './types';

/** What can be ordered and charted; rights and funds are listed for reference only. */
export const TRADED_KINDS: TradedKind[] = ['stock', 'etf', 'etn'];

export function isTraded({ kind }: Pick<Instrument, 'kind'>): boolean {
  return TRADED_KINDS.some((traded) => traded === kind);
}

export interface SymbolFilter {
  q?: string;
  market?: Instrument['market'];
  kind?: Instrument['kind'];
  status?: Instrument['status'];
  source?: 'demo' | 'imported';
}

export interface CandleQuery {
  symbol: string;
  interval: Interval;
  /** Whatever the server holds is answered unless one of both is wanted. */
  prices?: Prices;
  limit?: number;
}

export const market = {
  status: () => unwrap(http.GET('/api/v1/market/status')),
  symbols: (query: SymbolFilter & PageQuery) => ask<Page<Instrument>>('GET', '/market/symbols', query),
  symbol: (symbol: string) => ask<Instrument>('GET', `/market/symbols/${symbol}`),
  candles: (query: CandleQuery) => ask<Candles>('GET', '/market/candles', query),
  quote: (symbol: string) =>
    unwrap(http.GET('/api/v1/market/quote/{symbol}', { params: { path: { symbol } } })),
  orderBook: (symbol: string) =>
    unwrap(http.GET('/api/v1/market/orderbook/{symbol}', { params: { path: { symbol } } })),
};
