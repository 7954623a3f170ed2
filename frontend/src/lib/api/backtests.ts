import { http, unwrap } from './client';
import type { BacktestRequest, PageQuery, SweepRequest } from './types';

const at = (id: number) => ({ params: { path: { id } } });

export interface SortedPage extends PageQuery {
  /** A column, with a minus before it for the highest first. */
  sort?: string;
}

export type ReportFormat = 'html' | 'json' | 'csv';

export const backtests = {
  list: (query: { strategy_id?: number } & PageQuery) =>
    unwrap(http.GET('/api/v1/backtest', { params: { query } })),
  get: (id: number) => unwrap(http.GET('/api/v1/backtest/{id}', at(id))),
  run: (body: BacktestRequest) => unwrap(http.POST('/api/v1/backtest', { body })),
  describe: (id: number, body: { name?: string; note?: string }) =>
    unwrap(http.PATCH('/api/v1/backtest/{id}', { ...at(id), body })),
  cancel: (id: number) => unwrap(http.POST('/api/v1/backtest/{id}/cancel', at(id))),
  remove: (id: number) => unwrap(http.DELETE('/api/v1/backtest/{id}', at(id))),
  trades: (id: number, query: PageQuery) =>
    unwrap(http.GET('/api/v1/backtest/{id}/trades', { params: { path: { id }, query } })),
  tradesCsv: (id: number) =>
    unwrap(http.GET('/api/v1/backtest/{id}/trades.csv', { ...at(id), parseAs: 'blob' })),
  roundTrips: (id: number, query: SortedPage) =>
    unwrap(http.GET('/api/v1/backtest/{id}/round-trips', { params: { path: { id }, query } })),
  verify: (id: number) => unwrap(http.POST('/api/v1/backtest/{id}/verify', at(id))),
  testRobustness: (id: number) => unwrap(http.POST('/api/v1/backtest/{id}/robustness', at(id))),
  cancelRobustness: (id: number) =>
    unwrap(http.POST('/api/v1/backtest/{id}/robustness/cancel', at(id))),
  /** The result as a file; the one for reading is in a language. */
  report: (id: number, format: ReportFormat, language: 'ko' | 'en'): Promise<Blob> => {
    const init = { ...at(id), parseAs: 'blob' } as const;
    if (format === 'json') return unwrap(http.GET('/api/v1/backtest/{id}/report.json', init));
    if (format === 'csv') return unwrap(http.GET('/api/v1/backtest/{id}/report.csv', init));
    const params = { path: { id }, query: { language } };
    return unwrap(http.GET('/api/v1/backtest/{id}/report.html', { params, parseAs: 'blob' }));
  },
};

/** Searches for parameters. */
export const sweeps = {
  list: (query: PageQuery) => unwrap(http.GET('/api/v1/backtest/sweeps', { params: { query } })),
  get: (id: number) => unwrap(http.GET('/api/v1/backtest/sweeps/{id}', at(id))),
  start: (body: SweepRequest) => unwrap(http.POST('/api/v1/backtest/sweeps', { body })),
  trials: (id: number, query: SortedPage) =>
    unwrap(http.GET('/api/v1/backtest/sweeps/{id}/trials', { params: { path: { id }, query } })),
  trialsCsv: (id: number) =>
    unwrap(http.GET('/api/v1/backtest/sweeps/{id}/trials.csv', { ...at(id), parseAs: 'blob' })),
  cancel: (id: number) => unwrap(http.POST('/api/v1/backtest/sweeps/{id}/cancel', at(id))),
  resume: (id: number) => unwrap(http.POST('/api/v1/backtest/sweeps/{id}/resume', at(id))),
  remove: (id: number) => unwrap(http.DELETE('/api/v1/backtest/sweeps/{id}', at(id))),
};
