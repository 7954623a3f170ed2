import { http, unwrap } from './client';
import type { CommissionTerms, KillSwitch, PageQuery, PullRequest } from './types';

export interface DateRange {
  from?: string;
  to?: string;
}

export interface TradeFilter extends DateRange {
  symbol?: string;
}

export const account = {
  balance: () => unwrap(http.GET('/api/v1/account/balance')),
  holdings: (query: PageQuery) => unwrap(http.GET('/api/v1/account/holdings', { params: { query } })),
  performance: (query: DateRange) =>
    unwrap(http.GET('/api/v1/account/performance', { params: { query } })),
  trades: (query: TradeFilter & PageQuery) =>
    unwrap(http.GET('/api/v1/account/trades', { params: { query } })),
  tradesCsv: (query: TradeFilter) =>
    unwrap(http.GET('/api/v1/account/trades.csv', { params: { query }, parseAs: 'blob' })),
  commission: () => unwrap(http.GET('/api/v1/account/commission')),
  setCommission: (body: CommissionTerms) => unwrap(http.PUT('/api/v1/account/commission', { body })),
  killSwitches: () => unwrap(http.GET('/api/v1/account/kill-switches')),
  pull: (scope: KillSwitch['scope'], id: number, body: PullRequest) =>
    unwrap(http.POST('/api/v1/account/kill-switches/{scope}/{id}', { params: { path: { scope, id } }, body })),
  clear: (scope: KillSwitch['scope'], id: number, body: { password: string; reason: string }) =>
    unwrap(http.POST('/api/v1/account/kill-switches/{scope}/{id}/clear', { params: { path: { scope, id } }, body })),
  halt: (reason?: string) => unwrap(http.POST('/api/v1/account/halt', { body: { reason } })),
  resume: (body: { password: string; reason: string }) =>
    unwrap(http.POST('/api/v1/account/resume', { body })),
};
