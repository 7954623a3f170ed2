import { http, unwrap } from './client';
import type { OrderDecision, OrderRequest, OrderStatus, PageQuery } from './types';

export interface OrderFilter {
  status?: OrderStatus;
  symbol?: string;
}

export const orders = {
  list: (query: OrderFilter & PageQuery) => unwrap(http.GET('/api/v1/orders', { params: { query } })),
  get: (id: number) => unwrap(http.GET('/api/v1/orders/{id}', { params: { path: { id } } })),
  /** The key makes a repeated send of the same ticket one order. */
  place: (body: OrderRequest, idempotencyKey: string) =>
    unwrap(
      http.POST('/api/v1/orders', {
        params: { header: { 'Idempotency-Key': idempotencyKey } },
        body,
      }),
    ),
  evidence: (id: number) => unwrap(http.GET('/api/v1/orders/{id}/evidence', { params: { path: { id } } })),
  decide: (id: number, body: OrderDecision) =>
    unwrap(http.POST('/api/v1/orders/{id}/decide', { params: { path: { id } }, body })),
  cancel: (id: number) =>
    unwrap(http.POST('/api/v1/orders/{id}/cancel', { params: { path: { id } } })),
};
