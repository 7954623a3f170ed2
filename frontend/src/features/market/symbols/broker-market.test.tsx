import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { history } from '@/lib/api/history';
import { createQueryClient } from '@/lib/api/query-client';
import { queries } from '@/lib/api/queries';
import type { AccountItem, User } from '@/lib/api/types';
import { sessionStore } from '@/lib/session/store';
import { make } from '@/lib/testing/data';
import { renderApp } from '@/lib/testing/render';
import { HistoryFetch } from './history-fetch';
import { MostTraded } from './most-traded';
import { RecentTrades } from './recent-trades';

/** What a broker told a moment ago, on the screen of the owner of this account. */
function told(account: Partial<AccountItem>) {
  const client = createQueryClient();
  client.setQueryData(queries.accounts().queryKey, [make.account({ is_selected: true, ...account })]);
  client.setQueryData(queries.recentTrades('005930').queryKey, [
    { time: '10:15:29', price: 71_500, change: -800, quantity: 12 },
  ]);
  client.setQueryData(queries.mostTraded().queryKey, [
    { rank: 1, symbol: '005930', name_ko: '삼성전자', price: 71_500, change: 800, volume: 10, value: 715_000 },
  ]);
  return client;
}

const live = { broker: 'kis', env: 'live', status: 'not_armed' } as const;
const at = '2026-01-02T00:00:00+09:00';
const user: User = {
  id: 1,
  email: 'kim@example.com',
  full_name: 'Kim',
  role: 'user',
  is_active: true,
  created_at: at,
  updated_at: at,
};
const samsung = { symbol: '005930', is_demo: false, kind: 'stock' } as const;

describe('what the broker tells of the market', () => {
  it('lists the last trades of a listed issue', () => {
    renderApp(<RecentTrades instrument={samsung} />, { client: told(live) });
    const row = screen.getByText('10:15:29').closest('tr');
    expect(row?.textContent).toBe('10:15:2971,500원-800원12');
  });

  it('asks nothing with a demo account, nor about a fictional issue', () => {
    renderApp(<RecentTrades instrument={samsung} />, { client: told({ broker: 'demo', env: 'paper' }) });
    renderApp(<RecentTrades instrument={{ ...samsung, is_demo: true }} />, { client: told(live) });
    expect(screen.queryByTestId('recent-trades')).toBeNull();
  });

  it('fills in the past of a listed issue with one click', async () => {
    const start = vi.spyOn(history, 'startBackfill').mockResolvedValue(make.backfill());
    sessionStore.setState({ user });
    renderApp(<HistoryFetch instrument={samsung} />, { client: told(live) });
    await userEvent.click(screen.getByTestId('history-fetch'));
    expect(start).toHaveBeenCalledWith(expect.objectContaining({ symbols: ['005930'], interval: '1d' }));
  });

  it('ranks what is traded most for a live account, and opens an issue', async () => {
    const open = vi.fn();
    renderApp(<MostTraded onOpen={open} />, { client: told(live) });
    await userEvent.click(screen.getByTestId('most-traded-issue'));
    expect(open).toHaveBeenCalledWith('005930');
  });

  it('shows no ranking to a paper account, which is not told it', () => {
    renderApp(<MostTraded onOpen={() => undefined} />, { client: told({ ...live, env: 'paper', status: 'ready' }) });
    expect(screen.queryByTestId('most-traded')).toBeNull();
  });
});
