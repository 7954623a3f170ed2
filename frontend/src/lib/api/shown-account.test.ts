import { QueryObserver } from '@tanstack/react-query';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sessionStore } from '@/lib/session/store';
import { make } from '@/lib/testing/data';
import { applyEvent } from '@/lib/realtime/patch';
import { queries } from './queries';
import { createQueryClient } from './query-client';
import { showAccount } from './shown-account';
import type { StreamEvent } from './types';

let client: ReturnType<typeof createQueryClient>;
const accounts = queries.accounts().queryKey;
const balance = queries.balance().queryKey;

beforeEach(() => {
  client = createQueryClient();
  sessionStore.setState({ accountId: null });
  client.setQueryData(accounts, [make.account({ id: 1, is_selected: true }), make.account({ id: 2, broker: 'kis' })]);
  showAccount(client, 1);
});

const apply = (event: StreamEvent['event'], account_id: number | null, data: unknown) =>
  applyEvent(client, { topic: 'account', event, account_id, data } as StreamEvent);
const selected = () => client.getQueryData(accounts)?.filter(({ is_selected }) => is_selected).map(({ id }) => id);

describe('showing another account', () => {
  it('forgets what was known of the one before, and asks anew', async () => {
    const asked = vi.fn(() => new Promise<never>(() => undefined));
    const stop = new QueryObserver(client, { queryKey: balance, queryFn: asked, initialData: make.balance(), staleTime: Infinity }).subscribe(() => {});
    const issues = queries.symbol('D00010').queryKey;
    client.setQueryData(issues, {} as never);
    showAccount(client, 2);
    expect(client.getQueryState(balance)?.fetchStatus).toBe('fetching');
    expect(asked).toHaveBeenCalledTimes(1);
    expect(client.getQueryData(issues)).toBeDefined();
    expect(selected()).toEqual([2]);
    expect(sessionStore.getState().accountId).toBe(2);
    stop();
  });

  it('drops an answer that was on its way for the one before', async () => {
    const answers: ((value: ReturnType<typeof make.balance>) => void)[] = [];
    const queryFn = () => new Promise<ReturnType<typeof make.balance>>((resolve) => answers.push(resolve));
    const stop = new QueryObserver(client, { queryKey: balance, queryFn }).subscribe(() => {});
    showAccount(client, 2);
    answers[0]?.(make.balance({ account_id: 1, cash_balance: 1 }));
    answers[1]?.(make.balance({ account_id: 2, cash_balance: 2 }));
    await vi.waitFor(() => expect(client.getQueryData(balance)?.cash_balance).toBe(2));
    stop();
  });

  it('follows another window', () => {
    apply('account.changed', 2, make.account({ id: 2, broker: 'kis', is_selected: true }));
    expect(sessionStore.getState().accountId).toBe(2);
    expect(selected()).toEqual([2]);
  });
});

describe('an event of an account that is not shown', () => {
  it('moves its card and nothing else', () => {
    client.setQueryData(balance, make.balance({ account_id: 1, cash_balance: 10 }));
    apply('balance.changed', 2, make.balance({ account_id: 2, cash_balance: 20, total_assets: 30 }));
    expect(client.getQueryData(balance)?.cash_balance).toBe(10);
    expect(client.getQueryData(accounts)?.[1]).toMatchObject({ cash: 20, total_assets: 30 });
  });

  it('brings no order of it into the list', () => {
    const list = queries.orderList({ page: 1, page_size: 50 }).queryKey;
    client.setQueryData(list, make.page([]));
    apply('order.changed', 2, make.order());
    expect(client.getQueryData(list)?.items).toHaveLength(0);
    apply('order.changed', 1, make.order());
    expect(client.getQueryData(list)?.items).toHaveLength(1);
  });
});

describe('an account that is removed', () => {
  it('leaves the list', () => {
    apply('account.removed', 2, { id: 2 });
    expect(client.getQueryData(accounts)?.map(({ id }) => id)).toEqual([1]);
  });
});
