import type { DateRange } from './account';
import { http, unwrap } from './client';
import type { PageQuery } from './types';

const at = (id: number) => ({ params: { path: { id } } });

/** What was sent, what the broker has, and what is booked. */
export const proof = {
  days: (query: DateRange) => unwrap(http.GET('/api/v1/proof', { params: { query } })),
  csv: (query: DateRange) => unwrap(http.GET('/api/v1/proof.csv', { params: { query }, parseAs: 'blob' })),
  brokerOrders: (query: { external?: boolean } & PageQuery) => unwrap(http.GET('/api/v1/broker-orders', { params: { query } })),
  adopt: (id: number) => unwrap(http.POST('/api/v1/broker-orders/{id}/adopt', at(id))),
  confirm: (id: number) => unwrap(http.POST('/api/v1/broker-orders/{id}/confirm', at(id))),
};
