import { notifyManager, type Query, type QueryClient } from '@tanstack/react-query';
import { sessionStore } from '@/lib/session/store';
import type { AccountItem } from './types';

/** Where the accounts are cached. */
export const ACCOUNTS_KEY = ['accounts'] as const;

/** What the server answers for the selected account. */
const OF_ACCOUNT = new Set<unknown>(['account', 'orders', 'signals']);

const isOfAccount = ({ queryKey }: Query) => OF_ACCOUNT.has(queryKey[0]);

/**
 * Shows another account. Its name and the loss of everything known of the one before reach the screen together, and
 * answers that are still on their way for that one are dropped.
 */
export function showAccount(client: QueryClient, id: number): void {
  const before = sessionStore.getState().accountId;
  if (before === id) return;
  sessionStore.getState().show(id);
  notifyManager.batch(() => {
    client.setQueryData<AccountItem[]>(ACCOUNTS_KEY, (list) => list?.map((one) => ({ ...one, is_selected: one.id === id })));
    // Until the first account was known the server answered for the one that was selected, which is this one.
    if (before !== null) void client.resetQueries({ predicate: isOfAccount });
  });
}

/** Replaces an account where it is listed, or adds it at the end. */
export function putAccount(client: QueryClient, account: AccountItem): void {
  client.setQueryData<AccountItem[]>(ACCOUNTS_KEY, (list) => {
    if (!list) return list;
    const place = list.findIndex(({ id }) => id === account.id);
    return place < 0 ? [...list, account] : list.with(place, account);
  });
}

export function dropAccount(client: QueryClient, id: number): void {
  client.setQueryData<AccountItem[]>(ACCOUNTS_KEY, (list) => list?.filter((one) => one.id !== id));
}
