import { http, unwrap } from './client';
import type { PageQuery } from './types';

/** What a person must hear of, wherever they are. */
export const notifications = {
  list: (query: { unseen?: boolean } & PageQuery) => unwrap(http.GET('/api/v1/notifications', { params: { query } })),
  acknowledge: (id: number) => unwrap(http.POST('/api/v1/notifications/{id}/acknowledge', { params: { path: { id } } })),
};
