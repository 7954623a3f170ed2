import { http, unwrap } from './client';
import type { OrderRequest, OrderStatus, PageQuery } from './types';

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
  cancel: (id: number) =>
    unwrap(http.POST('/api/v1/orders/{id}/cancel', { params: { path: { id } } })),
};
