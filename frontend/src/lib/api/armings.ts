import { http, unwrap } from './client';
import type { ArmRequest, PageQuery } from './types';

const at = (id: number) => ({ path: { id } });

/** Which strategies may order with real money, and what they need for it. */
export const armings = {
  list: (query: PageQuery) => unwrap(http.GET('/api/v1/armings', { params: { query } })),
  standing: (id: number, days: number) =>
    unwrap(http.GET('/api/v1/strategies/{id}/arming', { params: { ...at(id), query: { days } } })),
  arm: (id: number, body: ArmRequest) => unwrap(http.POST('/api/v1/strategies/{id}/arming', { params: at(id), body })),
  disarm: (id: number) => unwrap(http.DELETE('/api/v1/strategies/{id}/arming', { params: at(id) })),
};
