import { http, unwrap } from './client';
import type { Instrument, Interval, PageQuery, Prices, TradedKind } from './types';

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
  /** Without it adjusted prices where there are any. */
  prices?: Prices;
  limit?: number;
  from?: string;
  to?: string;
}

export const market = {
  status: () => unwrap(http.GET('/api/v1/market/status')),
  symbols: (query: SymbolFilter & PageQuery) =>
    unwrap(http.GET('/api/v1/market/symbols', { params: { query } })),
  symbol: (symbol: string) =>
    unwrap(http.GET('/api/v1/market/symbols/{symbol}', { params: { path: { symbol } } })),
  candles: (query: CandleQuery) =>
    unwrap(http.GET('/api/v1/market/candles', { params: { query } })),
  quote: (symbol: string) =>
    unwrap(http.GET('/api/v1/market/quote/{symbol}', { params: { path: { symbol } } })),
  recentTrades: (symbol: string) =>
    unwrap(http.GET('/api/v1/market/trades/{symbol}', { params: { path: { symbol } } })),
  mostTraded: () => unwrap(http.GET('/api/v1/market/most-traded')),
  orderBook: (symbol: string) =>
    unwrap(http.GET('/api/v1/market/orderbook/{symbol}', { params: { path: { symbol } } })),
};
