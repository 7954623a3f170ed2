import {
  ask,
  askBlob,
  type ActionRequest,
  type Backfill,
  type BackfillRequest,
  type CorporateAction,
  type Coverage,
  type CoverageDetail,
  type Prices,
} from './contract';
import type { Interval, Page, PageQuery } from './types';

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

/** The stored bars: what there is, what is missing, how it is mended, adjusted and taken out again. */
export const history = {
  coverage: (query: CoverageFilter & PageQuery) =>
    ask<Page<Coverage>>('GET', '/market/coverage', query),
  coverageDetail: ({ symbol, ...query }: SeriesKey) =>
    ask<CoverageDetail>('GET', `/market/coverage/${symbol}`, query),
  removeBars: (series: SeriesKey) => ask<void>('DELETE', '/market/bars', series),

  backfills: (query: PageQuery) => ask<Page<Backfill>>('GET', '/market/backfills', query),
  startBackfill: (body: BackfillRequest) => ask<Backfill>('POST', '/market/backfills', {}, body),
  cancelBackfill: (id: number) => ask<Backfill>('POST', `/market/backfills/${id}/cancel`),

  actions: (query: { symbol?: string } & PageQuery) =>
    ask<Page<CorporateAction>>('GET', '/market/actions', query),
  addAction: (body: ActionRequest) => ask<CorporateAction>('POST', '/market/actions', {}, body),
  removeAction: (id: number) => ask<void>('DELETE', `/market/actions/${id}`),

  export: (query: ExportRequest) => askBlob('/market/export', query),
};
