import { QueryObserver, type QueryClient } from '@tanstack/react-query';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { queries } from '@/lib/api/queries';
import { createQueryClient } from '@/lib/api/query-client';
import type { Backtest, BacktestDetail, StreamEvent } from '@/lib/api/types';
import { make } from '@/lib/testing/data';
import { applyEvent } from './patch';

let client: QueryClient;
const FIRST = { page: 1, page_size: 50 };

beforeEach(() => {
  client = createQueryClient();
});

function apply(event: StreamEvent['event'], data: unknown, topic = 'orders', account_id: number | null = null) {
  applyEvent(client, { topic, event, data, account_id } as StreamEvent);
}

describe('an answer that was asked for before the event', () => {
  it('does not undo what the event told', async () => {
    const { queryKey } = queries.orderList({ status: undefined, ...FIRST });
    const pageOf = (state: 'acked' | 'filled') => make.page([make.order({ id: 1, state })]);
    const asked: ((page: unknown) => void)[] = [];
    const observer = new QueryObserver(client, {
      queryKey,
      queryFn: () => new Promise<ReturnType<typeof pageOf>>((resolve) => asked.push(resolve as never)),
      initialData: pageOf('acked'),
    });
    const stop = observer.subscribe(() => {});
    void client.invalidateQueries({ queryKey });
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    apply('order.changed', make.order({ id: 1, state: 'filled' }));
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    asked[0]?.(pageOf('acked'));
    asked[1]?.(pageOf('filled'));
    await vi.waitFor(() => expect(client.isFetching({ queryKey })).toBe(0));
    expect(client.getQueryData(queryKey)?.items[0]?.state).toBe('filled');
    stop();
  });

  it('is not taken for the news when it is the first', async () => {
    const { queryKey } = queries.backtest(1);
    const detail = (status: Backtest['status']): BacktestDetail => ({
      ...make.backtest({ status }),
      metrics: null,
      report: null,
      equity: [],
      benchmark_levels: [],
      manifest: null,
    });
    const asked: ((answer: BacktestDetail) => void)[] = [];
    const observer = new QueryObserver(client, {
      queryKey,
      queryFn: () => new Promise<BacktestDetail>((resolve) => asked.push(resolve)),
    });
    const stop = observer.subscribe(() => {});
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    apply('backtest.changed', make.backtest({ status: 'done' }), 'jobs');
    asked[0]?.(detail('running'));
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    asked[1]?.(detail('done'));
    await vi.waitFor(() => expect(client.isFetching({ queryKey })).toBe(0));
    expect(client.getQueryData(queryKey)?.status).toBe('done');
    stop();
  });
});

describe('order.changed', () => {
  const open = queries.orderList({ status: 'pending', ...FIRST }).queryKey;
  const all = queries.orderList({ status: undefined, ...FIRST }).queryKey;

  it('updates the order where it is shown', () => {
    client.setQueryData(all, make.page([make.order({ id: 2 }), make.order({ id: 1 })]));
    apply('order.changed', make.order({ id: 1, state: 'partial', filled_quantity: 4 }));
    expect(client.getQueryData(all)?.items.map(({ id, state }) => [id, state])).toEqual([
      [2, 'acked'],
      [1, 'partial'],
    ]);
  });

  it('takes a filled order out of the open ones and keeps it among all', () => {
    for (const key of [open, all]) client.setQueryData(key, make.page([make.order()]));
    apply('order.changed', make.order({ status: 'filled', state: 'filled' }));
    expect(client.getQueryData(open)).toMatchObject({ items: [], total: 0 });
    expect(client.getQueryData(all)).toMatchObject({ items: [{ state: 'filled' }], total: 1 });
  });

  it('puts a new order on top of a full first page', () => {
    client.setQueryData(all, make.page([make.order({ id: 1 })], { page_size: 1, total: 60 }));
    apply('order.changed', make.order({ id: 9 }));
    expect(client.getQueryData(all)).toMatchObject({ items: [{ id: 9 }], total: 61 });
  });

  it('puts an older order that now matches where it belongs', () => {
    const filled = queries.orderList({ status: 'filled', ...FIRST }).queryKey;
    client.setQueryData(filled, make.page([make.order({ id: 9 }), make.order({ id: 2 })]));
    apply('order.changed', make.order({ id: 5, status: 'filled', state: 'filled' }));
    expect(client.getQueryData(filled)?.items.map(({ id }) => id)).toEqual([9, 5, 2]);
  });

  it('does not count a row of a later page again, however often it changes', () => {
    const page = make.page([make.order({ id: 9 }), make.order({ id: 8 })], { page_size: 2, total: 60 });
    const second = queries.orderList({ page: 2, page_size: 50 }).queryKey;
    client.setQueryData(all, page);
    client.setQueryData(second, make.page([make.order({ id: 3 })], { page: 2, total: 60 }));
    for (let times = 0; times < 3; times += 1) apply('order.changed', make.order({ id: 1 }));
    expect(client.getQueryData(all)).toBe(page);
    expect(client.getQueryData(second)?.total).toBe(60);
  });

  it('leaves lists of another symbol alone', () => {
    const other = queries.orderList({ symbol: 'D00020', ...FIRST }).queryKey;
    const page = make.page([make.order({ id: 5, symbol: 'D00020' })]);
    client.setQueryData(other, page);
    apply('order.changed', make.order({ id: 9 }));
    expect(client.getQueryData(other)).toBe(page);
  });
});

describe('trade.booked', () => {
  it('respects the dates a list was asked for', () => {
    const november = queries.trades({ from: '2026-11-01', to: '2026-11-30', ...FIRST }).queryKey;
    const october = queries.trades({ from: '2026-10-01', to: '2026-10-31', ...FIRST }).queryKey;
    for (const key of [november, october]) client.setQueryData(key, make.page([]));
    apply('trade.booked', make.trade());
    expect(client.getQueryData(november)?.total).toBe(1);
    expect(client.getQueryData(october)?.total).toBe(0);
  });

  it('asks for the performance once for a burst of trades', () => {
    vi.useFakeTimers();
    const invalidate = vi.spyOn(client, 'invalidateQueries');
    for (let id = 1; id <= 20; id += 1) apply('trade.booked', make.trade({ id }));
    vi.advanceTimersByTime(1_000);
    vi.useRealTimers();
    const asked = invalidate.mock.calls.map(([filter]) => filter?.queryKey);
    expect(asked.filter((key) => key?.[1] === 'performance')).toHaveLength(1);
  });
});

describe('holding.changed', () => {
  const key = queries.holdings(FIRST).queryKey;

  it('adds, changes and, at quantity nought, removes', () => {
    client.setQueryData(key, make.page([]));
    apply('holding.changed', make.holding({ quantity: 5 }), 'account');
    expect(client.getQueryData(key)).toMatchObject({ items: [{ quantity: 5 }], total: 1 });
    apply('holding.changed', make.holding({ quantity: 7 }), 'account');
    expect(client.getQueryData(key)).toMatchObject({ items: [{ quantity: 7 }], total: 1 });
    apply('holding.changed', make.holding({ quantity: 0 }), 'account');
    expect(client.getQueryData(key)).toMatchObject({ items: [], total: 0 });
  });
});

describe('quote', () => {
  const holdings = queries.holdings(FIRST).queryKey;
  const balance = queries.balance().queryKey;

  it('revalues holdings and balance to the won', () => {
    client.setQueryData(holdings, make.page([make.holding({ unrealized_pnl: -75 })]));
    client.setQueryData(balance, make.balance({ unrealized_pnl: -75 }));
    apply('quote', make.quote({ price: 51_500 }), 'quotes:D00010');
    expect(client.getQueryData(holdings)?.items[0]).toMatchObject({
      current_price: 51_500,
      market_value: 515_000,
      unrealized_pnl: 14_925,
    });
    expect(client.getQueryData(balance)).toMatchObject({
      stock_value: 515_000,
      total_assets: 100_015_000,
      unrealized_pnl: 14_925,
    });
  });

  it('gives the same balance when it comes twice', () => {
    client.setQueryData(holdings, make.page([make.holding()]));
    client.setQueryData(balance, make.balance());
    apply('quote', make.quote({ price: 51_500 }), 'quotes:D00010');
    const once = client.getQueryData(balance);
    apply('quote', make.quote({ price: 51_500 }), 'quotes:D00010');
    expect(client.getQueryData(balance)).toEqual(once);
  });

  it('leaves the balance to the server when not every holding is known', () => {
    client.setQueryData(holdings, make.page([make.holding()], { total: 80 }));
    client.setQueryData(balance, make.balance());
    apply('quote', make.quote({ price: 51_500 }), 'quotes:D00010');
    expect(client.getQueryData(balance)).toEqual(make.balance());
  });

  it('draws itself into the candle of its minute with the shares traded since', () => {
    const key = queries.candles({ symbol: 'D00010', interval: '1m' }).queryKey;
    client.setQueryData(key, make.candles());
    client.setQueryData(queries.quote('D00010').queryKey, make.quote({ volume: 1_000 }));
    apply('quote', make.quote({ price: 50_300, volume: 1_030 }), 'quotes:D00010');
    expect(client.getQueryData(key)?.bars.at(-1)).toMatchObject({
      open: 50_000,
      high: 50_300,
      low: 50_000,
      close: 50_300,
      volume: 35,
    });
  });
});

describe('signal.created', () => {
  it('appears in the lists that would have listed it', () => {
    const mine = queries.signals({ strategy_id: 1, ...FIRST }).queryKey;
    const other = queries.signals({ strategy_id: 2, ...FIRST }).queryKey;
    for (const key of [mine, other]) client.setQueryData(key, make.page([]));
    apply('signal.created', make.signal(), 'signals');
    expect(client.getQueryData(mine)?.total).toBe(1);
    expect(client.getQueryData(other)?.total).toBe(0);
  });
});

describe('backtest.changed', () => {
  const key = queries.backtest(1).queryKey;
  const detail: BacktestDetail = { ...make.backtest(), metrics: null, report: null, equity: [], benchmark_levels: [], manifest: null };

  it('moves the progress of list and page', () => {
    const list = queries.backtestList(FIRST).queryKey;
    client.setQueryData(key, detail);
    client.setQueryData(list, make.page([make.backtest()]));
    apply('backtest.changed', make.backtest({ progress: 0.8 }), 'jobs');
    expect(client.getQueryData(key)?.progress).toBe(0.8);
    expect(client.getQueryData(list)?.items[0]?.progress).toBe(0.8);
  });

  it('reads the result once it is done and shows no half of it before', () => {
    client.setQueryData(key, detail);
    apply('backtest.changed', make.backtest({ status: 'done', progress: 1 }), 'jobs');
    expect(client.getQueryState(key)?.isInvalidated).toBe(true);
    expect(client.getQueryData(key)?.status).toBe('running');
  });

  it('keeps the result of a finished run that is checked again', () => {
    const done = { ...detail, ...make.backtest({ status: 'done' }), equity: [{ date: '2026-01-02', equity: 1, drawdown: 0 }] };
    client.setQueryData(key, done);
    const verification = { ...done.verification, status: 'running' as const };
    apply('backtest.changed', make.backtest({ status: 'done', name: '새 이름', verification }), 'jobs');
    expect(client.getQueryState(key)?.isInvalidated).toBe(false);
    expect(client.getQueryData(key)).toMatchObject({ name: '새 이름', equity: done.equity });
  });

  it('takes no older answer for the outcome of a check', async () => {
    const done = { ...detail, ...make.backtest({ status: 'done' }) };
    const queued = { ...done, verification: { ...done.verification, status: 'queued' as const } };
    const checked = { ...done.verification, status: 'done' as const, matches: true };
    const answers: ((answer: BacktestDetail) => void)[] = [];
    const observer = new QueryObserver<BacktestDetail>(client, {
      queryKey: key,
      queryFn: () => new Promise((resolve) => answers.push(resolve)),
      staleTime: Infinity,
      initialData: done,
    });
    const stop = observer.subscribe(() => {});
    void client.invalidateQueries({ queryKey: key });
    apply('backtest.changed', make.backtest({ status: 'done', verification: checked }), 'jobs');
    answers[0]?.(queued);
    answers[1]?.({ ...done, verification: checked });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(client.getQueryData(key)?.verification).toMatchObject({ status: 'done', matches: true });
    stop();
  });
});

describe('backfill.changed', () => {
  it('moves its progress, and has what came in read once it ends', async () => {
    vi.useFakeTimers();
    const list = queries.backfills({ page: 1, page_size: 10 }).queryKey;
    const coverage = queries.coverage({ interval: '1d', ...FIRST }).queryKey;
    client.setQueryData(list, make.page([make.backfill()]));
    client.setQueryData(coverage, make.page([]));
    apply('backfill.changed', make.backfill({ progress: 0.7 }), 'jobs');
    await vi.runAllTimersAsync();
    expect(client.getQueryData(list)?.items[0]?.progress).toBe(0.7);
    expect(client.getQueryState(coverage)?.isInvalidated).toBe(false);
    apply('backfill.changed', make.backfill({ status: 'done', progress: 1 }), 'jobs');
    await vi.runAllTimersAsync();
    expect(client.getQueryData(list)?.items[0]?.status).toBe('done');
    expect(client.getQueryState(coverage)?.isInvalidated).toBe(true);
    vi.useRealTimers();
  });
});

describe('kill_switch.changed', () => {
  it('replaces the switch of the same scope', () => {
    const key = queries.killSwitches().queryKey;
    const entry = {
      scope: 'account' as const,
      scope_id: 1,
      state: 'active' as const,
      reason: null,
      set_by: null,
      updated_at: '',
    };
    client.setQueryData(key, [entry, { ...entry, scope: 'global' as const, scope_id: null }]);
    apply('kill_switch.changed', { ...entry, state: 'halted' }, 'account');
    expect(client.getQueryData(key)?.map(({ scope, state }) => [scope, state])).toEqual([
      ['global', 'active'],
      ['account', 'halted'],
    ]);
  });
});

describe('an event of a later version', () => {
  it('is ignored', () => {
    expect(() => apply('planet.changed' as never, {})).not.toThrow();
  });
});
