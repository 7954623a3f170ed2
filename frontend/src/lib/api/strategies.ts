import { http, unwrap } from './client';
import type { PageQuery, PreviewRequest, StrategyRequest } from './types';

const at = (id: number) => ({ params: { path: { id } } });

export const strategies = {
  types: () => unwrap(http.GET('/api/v1/strategies/types')),
  blocks: () => unwrap(http.GET('/api/v1/strategies/blocks')),
  preview: (body: PreviewRequest, signal: AbortSignal) =>
    unwrap(http.POST('/api/v1/strategies/preview', { body, signal })),
  checkDocument: (document: string) =>
    unwrap(http.POST('/api/v1/strategies/documents/check', { body: { document } })),
  list: (query: { is_active?: boolean } & PageQuery) =>
    unwrap(http.GET('/api/v1/strategies', { params: { query } })),
  get: (id: number) => unwrap(http.GET('/api/v1/strategies/{id}', at(id))),
  create: (body: StrategyRequest) => unwrap(http.POST('/api/v1/strategies', { body })),
  update: (id: number, body: StrategyRequest) =>
    unwrap(http.PUT('/api/v1/strategies/{id}', { ...at(id), body })),
  remove: (id: number) => unwrap(http.DELETE('/api/v1/strategies/{id}', at(id))),
  activate: (id: number) => unwrap(http.POST('/api/v1/strategies/{id}/activate', at(id))),
  deactivate: (id: number) => unwrap(http.POST('/api/v1/strategies/{id}/deactivate', at(id))),
};

export const signals = {
  list: (query: { strategy_id?: number; symbol?: string } & PageQuery) =>
    unwrap(http.GET('/api/v1/signals', { params: { query } })),
};
