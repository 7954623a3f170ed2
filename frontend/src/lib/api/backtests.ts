import { http, unwrap } from './client';
import type { BacktestRequest, PageQuery } from './types';

const at = (id: number) => ({ params: { path: { id } } });

export const backtests = {
  list: (query: { strategy_id?: number } & PageQuery) =>
    unwrap(http.GET('/api/v1/backtest', { params: { query } })),
  get: (id: number) => unwrap(http.GET('/api/v1/backtest/{id}', at(id))),
  run: (body: BacktestRequest) => unwrap(http.POST('/api/v1/backtest', { body })),
  cancel: (id: number) => unwrap(http.POST('/api/v1/backtest/{id}/cancel', at(id))),
  remove: (id: number) => unwrap(http.DELETE('/api/v1/backtest/{id}', at(id))),
  trades: (id: number, query: PageQuery) =>
    unwrap(http.GET('/api/v1/backtest/{id}/trades', { params: { path: { id }, query } })),
  tradesCsv: (id: number) =>
    unwrap(http.GET('/api/v1/backtest/{id}/trades.csv', { ...at(id), parseAs: 'blob' })),
};
