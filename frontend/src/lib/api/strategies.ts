import { http, unwrap } from './client';
import type { PageQuery, PreviewRequest, StrategyRequest, StrategySort } from './types';

export interface StrategyFilter extends PageQuery {
  search?: string;
  strategy_type?: string;
  is_active?: boolean;
  /** Those that were put away, in place of the others. */
  archived?: boolean;
  sort?: StrategySort;
}

export type ExportTarget = 'text' | 'backtester' | 'builder';

const at = (id: number) => ({ params: { path: { id } } });

const of = (id: number, number: number) => ({ params: { path: { id, number } } });

export const strategies = {
  types: () => unwrap(http.GET('/api/v1/strategies/types')),
  blocks: () => unwrap(http.GET('/api/v1/strategies/blocks')),
  preview: (body: PreviewRequest, signal: AbortSignal) =>
    unwrap(http.POST('/api/v1/strategies/preview', { body, signal })),
  list: (query: StrategyFilter) => unwrap(http.GET('/api/v1/strategies', { params: { query } })),
  get: (id: number) => unwrap(http.GET('/api/v1/strategies/{id}', at(id))),
  create: (body: StrategyRequest) => unwrap(http.POST('/api/v1/strategies', { body })),
  update: (id: number, body: StrategyRequest) =>
    unwrap(http.PUT('/api/v1/strategies/{id}', { ...at(id), body })),
  remove: (id: number) => unwrap(http.DELETE('/api/v1/strategies/{id}', at(id))),
  /** Lets a version trade, in place of another one that does: the newest on the account in use, unless they are named. */
  activate: (id: number, version?: number, account_id?: number) =>
    unwrap(http.POST('/api/v1/strategies/{id}/activate', { ...at(id), body: { version, account_id } })),
  deactivate: (id: number) => unwrap(http.POST('/api/v1/strategies/{id}/deactivate', at(id))),
  clone: (id: number, name: string) => unwrap(http.POST('/api/v1/strategies/{id}/clone', { ...at(id), body: { name } })),
  archive: (id: number) => unwrap(http.POST('/api/v1/strategies/{id}/archive', at(id))),
  unarchive: (id: number) => unwrap(http.POST('/api/v1/strategies/{id}/unarchive', at(id))),
  versions: (id: number, query: PageQuery) =>
    unwrap(http.GET('/api/v1/strategies/{id}/versions', { params: { path: { id }, query } })),
  version: (id: number, number: number) => unwrap(http.GET('/api/v1/strategies/{id}/versions/{number}', of(id, number))),
  changes: (id: number, number: number, since?: number) =>
    unwrap(http.GET('/api/v1/strategies/{id}/versions/{number}/changes', { params: { path: { id, number }, query: { since } } })),
  /** The document as a file: as it is written, or as one of the broker's tools takes it. */
  export: (id: number, target: ExportTarget) =>
    unwrap(http.GET('/api/v1/strategies/{id}/export', { params: { path: { id }, query: { target } }, parseAs: 'text' })),
  restore: (id: number, number: number) => unwrap(http.POST('/api/v1/strategies/{id}/versions/{number}/restore', of(id, number))),
};

export const signals = {
  list: (query: { strategy_id?: number; symbol?: string } & PageQuery) =>
    unwrap(http.GET('/api/v1/signals', { params: { query } })),
};
