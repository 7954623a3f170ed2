import { http, unwrap } from './client';
import type { LimitName, LimitRequest, PageQuery, RestrictRequest } from './types';

const at = (id: number) => ({ params: { path: { id } } });
const of = (name: LimitName) => ({ params: { path: { name } } });
const on = (symbol: string) => ({ params: { path: { symbol } } });

interface Confirmation {
  password: string;
  reason: string;
}

/** What stands between an account and its orders, beside the kill switches. */
export const risk = {
  read: () => unwrap(http.GET('/api/v1/risk')),
  setLimit: (name: LimitName, body: LimitRequest) => unwrap(http.PUT('/api/v1/risk/limits/{name}', { ...of(name), body })),
  withdrawLimit: (name: LimitName) => unwrap(http.DELETE('/api/v1/risk/limits/{name}/pending', of(name))),
  limitHistory: (name: LimitName, query: PageQuery) =>
    unwrap(http.GET('/api/v1/risk/limits/{name}/history', { params: { path: { name }, query } })),

  restrict: (body: RestrictRequest) => unwrap(http.POST('/api/v1/risk/restricted', { body })),
  release: (symbol: string) => unwrap(http.DELETE('/api/v1/risk/restricted/{symbol}', on(symbol))),
  restrictForAll: (body: RestrictRequest) => unwrap(http.POST('/api/v1/admin/restricted', { body })),
  releaseForAll: (symbol: string) => unwrap(http.DELETE('/api/v1/admin/restricted/{symbol}', on(symbol))),

  enableStrategy: (id: number, body: Confirmation) => unwrap(http.POST('/api/v1/risk/strategies/{id}/enable', { ...at(id), body })),

  breaker: (accountId: number) => unwrap(http.GET('/api/v1/accounts/{id}/breaker', at(accountId))),
  releaseBreaker: (accountId: number, body: Confirmation) =>
    unwrap(http.POST('/api/v1/accounts/{id}/breaker/release', { ...at(accountId), body })),
};
