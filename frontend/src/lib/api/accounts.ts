import { http, unwrap } from './client';
import type { AccountChange, NewAccount } from './types';

const at = (id: number) => ({ params: { path: { id } } });

/** The accounts of the caller: the demo account, and those at a broker. */
export const accounts = {
  list: () => unwrap(http.GET('/api/v1/accounts')),
  /** Asks the broker about an account without saving anything. */
  tryOut: (body: NewAccount) => unwrap(http.POST('/api/v1/accounts/check', { body })),
  add: (body: NewAccount) => unwrap(http.POST('/api/v1/accounts', { body })),
  change: (id: number, body: AccountChange) => unwrap(http.PUT('/api/v1/accounts/{id}', { ...at(id), body })),
  check: (id: number) => unwrap(http.POST('/api/v1/accounts/{id}/check', at(id))),
  select: (id: number) => unwrap(http.POST('/api/v1/accounts/{id}/select', at(id))),
  release: (id: number, body: { password: string; reason: string }) =>
    unwrap(http.POST('/api/v1/accounts/{id}/release', { ...at(id), body })),
  remove: (id: number) => unwrap(http.DELETE('/api/v1/accounts/{id}', at(id))),
};
