import { http, unwrap } from './client';
import type { BackfillRequest, Interval, NewAction, PageQuery, Prices } from './types';

export interface CoverageFilter {
  interval: Interval;
  q?: string;
  from?: string;
  to?: string;
}

/** One series of bars. */
export interface SeriesKey {
  symbol: string;
  interval: Interval;
  adjusted: boolean;
}

export interface ExportRequest {
  /** Codes parted by commas, or `all`. */
  symbols: string;
  interval: Interval;
  from?: string;
  to?: string;
  prices: Prices;
  as_of?: string;
  format: 'csv' | 'parquet';
}

const at = (id: number) => ({ params: { path: { id } } });

/** The stored bars: what there is, what is missing, how it is mended, adjusted and taken out again. */
export const history = {
  coverage: (query: CoverageFilter & PageQuery) =>
    unwrap(http.GET('/api/v1/market/coverage', { params: { query } })),
  coverageDetail: ({ symbol, ...query }: SeriesKey) =>
    unwrap(http.GET('/api/v1/market/coverage/{symbol}', { params: { path: { symbol }, query } })),
  removeBars: (query: SeriesKey) =>
    unwrap(http.DELETE('/api/v1/market/bars', { params: { query } })),

  backfills: (query: PageQuery) => unwrap(http.GET('/api/v1/market/backfills', { params: { query } })),
  startBackfill: (body: BackfillRequest) => unwrap(http.POST('/api/v1/market/backfills', { body })),
  cancelBackfill: (id: number) =>
    unwrap(http.POST('/api/v1/market/backfills/{id}/cancel', at(id))),

  actions: (query: { symbol?: string } & PageQuery) =>
    unwrap(http.GET('/api/v1/market/actions', { params: { query } })),
  addAction: (body: NewAction) => unwrap(http.POST('/api/v1/market/actions', { body })),
  removeAction: (id: number) => unwrap(http.DELETE('/api/v1/market/actions/{id}', at(id))),

  export: (query: ExportRequest) =>
    unwrap(http.GET('/api/v1/market/export', { params: { query }, parseAs: 'blob' })),
};
