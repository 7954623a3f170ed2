import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { STRATEGY_KEYS } from '@/lib/api/reload-strategies';
import { isUnderWay } from '@/lib/api/run-status';
import { ACCOUNTS_KEY, dropAccount, putAccount, showAccount } from '@/lib/api/shown-account';
import type {
  AccountItem,
  Backfill,
  Backtest,
  BacktestDetail,
  Balance,
  Candles,
  Holding,
  Import,
  KillSwitch,
  Order,
  Page,
  Quote,
  Signal,
  StreamEvent,
  Sweep,
  SweepDetail,
  Trade,
} from '@/lib/api/types';
import { sessionStore } from '@/lib/session/store';
import { mergeQuote } from './candles';
import { askAnew, invalidateSoon } from './invalidate';

type Row = { id: number };
type ListQuery = { page?: number; page_size?: number } & Record<string, unknown>;

/** The query object a list was asked with: the last part of its key. */
function queryOf(key: QueryKey): ListQuery {
  const last = key.at(-1);
  return typeof last === 'object' && last !== null ? (last as ListQuery) : {};
}

/**
 * Replaces a row where it is shown; a new one takes its place on the first page. Lists run from the
 * newest row, which has the highest id, to the oldest. A row older than a full page belongs to a
 * later one, and has been counted there already.
 */
function upsertRow<T extends Row>(page: Page<T>, row: T, query: ListQuery): Page<T> {
  const index = page.items.findIndex((item) => item.id === row.id);
  if (index >= 0) return { ...page, items: page.items.with(index, row) };
  if ((query.page ?? 1) !== 1) return page;
  const older = page.items.findIndex((item) => item.id < row.id);
  const place = older >= 0 ? older : page.items.length;
  if (place >= page.page_size) return page;
  const items = page.items.toSpliced(place, 0, row).slice(0, page.page_size);
  return { ...page, items, total: page.total + 1 };
}

function removeRow<T extends Row>(page: Page<T>, id: number): Page<T> {
  const items = page.items.filter((item) => item.id !== id);
  if (items.length === page.items.length) return page;
  return { ...page, items, total: Math.max(0, page.total - 1) };
}

/** Patches every cached list under `prefix`; rows a list's filter excludes leave it. */
function patchLists<T extends Row>(
  client: QueryClient,
  prefix: QueryKey,
  row: T,
  belongs: (query: ListQuery) => boolean,
): void {
  for (const { queryKey: key, state } of client.getQueryCache().findAll({ queryKey: prefix })) {
    const page = state.data as Page<T> | undefined;
    if (page) {
      const query = queryOf(key);
      const next = belongs(query) ? upsertRow(page, row, query) : removeRow(page, row.id);
      client.setQueryData(key, next);
    }
    // An answer that is still on its way may have been read before the event: it is asked for anew.
    if (state.fetchStatus === 'fetching') askAnew(client, key);
  }
}

const allows = (wanted: unknown, actual: unknown) => wanted === undefined || wanted === actual;

function patchQuote(client: QueryClient, quote: Quote): void {
  const key = ['market', 'quote', quote.symbol];
  const before = client.getQueryData<Quote>(key);
  client.setQueryData(key, quote);
  const traded = before ? Math.max(0, quote.volume - before.volume) : 0;
  client.setQueriesData<Candles>({ queryKey: ['market', 'candles', quote.symbol] }, (candles) =>
    candles ? mergeQuote(candles, quote, traded) : candles,
  );
  revalueHoldings(client, quote);
}

/** Moves holdings to a new price. The profit moves by exactly shares × price change. */
function revalueHoldings(client: QueryClient, quote: Quote): void {
  for (const [key, page] of client.getQueriesData<Page<Holding>>({
    queryKey: ['account', 'holdings'],
  })) {
    const index = page?.items.findIndex((item) => item.symbol === quote.symbol) ?? -1;
    const held = page?.items[index];
    if (!page || !held || held.current_price === quote.price) continue;
    const unrealized = held.unrealized_pnl + held.quantity * (quote.price - held.current_price);
    const value = held.quantity * quote.price;
    const cost = value - unrealized;
    const next = page.items.with(index, {
      ...held,
      current_price: quote.price,
      market_value: value,
      unrealized_pnl: unrealized,
      unrealized_return: cost === 0 ? 0 : unrealized / cost,
    });
    client.setQueryData(key, { ...page, items: next });
    // The balance can only follow when every holding is on this page.
    if (next.length === page.total) revalueBalance(client, next);
  }
}

function revalueBalance(client: QueryClient, holdings: Holding[]): void {
  client.setQueryData<Balance>(['account', 'balance'], (balance) => {
    if (!balance) return balance;
    const stockValue = holdings.reduce((sum, holding) => sum + holding.market_value, 0);
    return {
      ...balance,
      stock_value: stockValue,
      total_assets: balance.total_assets - balance.stock_value + stockValue,
      unrealized_pnl: holdings.reduce((sum, holding) => sum + holding.unrealized_pnl, 0),
    };
  });
}

function patchOrder(client: QueryClient, order: Order): void {
  patchLists(client, ['orders', 'list'], order, (query) =>
    allows(query.status, order.status) && allows(query.symbol, order.symbol),
  );
  invalidateSoon(client, ['orders', 'detail', order.id]);
}

function patchTrade(client: QueryClient, trade: Trade): void {
  const day = trade.executed_at.slice(0, 10);
  patchLists(client, ['account', 'trades'], trade, (query) => {
    const { from, to } = query as { from?: string; to?: string };
    return allows(query.symbol, trade.symbol) && !(from && day < from) && !(to && day > to);
  });
  invalidateSoon(client, ['account', 'performance']);
  invalidateSoon(client, ['orders', 'detail', trade.order_id]);
}

function patchHolding(client: QueryClient, holding: Holding): void {
  patchLists(client, ['account', 'holdings'], holding, () => holding.quantity > 0);
}

function patchSignal(client: QueryClient, signal: Signal): void {
  patchLists(client, ['signals'], signal, (query) =>
    allows(query.strategy_id, signal.strategy_id) && allows(query.symbol, signal.symbol),
  );
}

function patchBacktest(client: QueryClient, backtest: Backtest): void {
  patchLists(client, ['backtests', 'list'], backtest, (query) =>
    allows(query.strategy_id, backtest.strategy_id ?? undefined),
  );
  const key = ['backtests', 'detail', backtest.id];
  // A finished run that is checked again, named or noted keeps its result.
  const known = client.getQueryData<BacktestDetail>(key);
  if (isUnderWay(backtest) || (known?.status === 'done' && backtest.status === 'done')) {
    client.setQueryData<BacktestDetail>(key, (detail) =>
      detail ? { ...detail, ...backtest } : detail,
    );
    // No event will follow that could put right an answer on its way that is older than this one.
    if (![backtest, backtest.verification, backtest.robustness].some(isUnderWay)) askAnew(client, key);
    return;
  }
  // The event carries no curve and no trades: the page stays as it is until the result is here.
  askAnew(client, key);
  invalidateSoon(client, ['backtests', 'trades', backtest.id]);
  reloadStrategiesSoon(client);
}

function reloadStrategiesSoon(client: QueryClient): void {
  for (const key of STRATEGY_KEYS) invalidateSoon(client, key);
}

function patchSweep(client: QueryClient, sweep: Sweep): void {
  patchLists(client, ['sweeps', 'list'], sweep, () => true);
  const key = ['sweeps', 'detail', sweep.id];
  client.setQueryData<SweepDetail>(key, (detail) => (detail ? { ...detail, ...sweep } : detail));
  invalidateSoon(client, ['sweeps', 'trials', sweep.id]);
  // What it came to is worked out at its end.
  if (!isUnderWay(sweep)) askAnew(client, key);
}

function patchImport(client: QueryClient, item: Import): void {
  patchLists(client, ['imports', 'list'], item, () => true);
  if (item.status !== 'done') return;
  for (const part of ['symbols', 'symbol', 'candles', 'coverage', 'actions']) {
    invalidateSoon(client, ['market', part]);
  }
}

function patchBackfill(client: QueryClient, job: Backfill): void {
  patchLists(client, ['backfills'], job, () => true);
  if (isUnderWay(job)) return;
  for (const part of ['candles', 'coverage', 'symbols', 'symbol']) {
    invalidateSoon(client, ['market', part]);
  }
}

function patchKillSwitch(client: QueryClient, changed: KillSwitch): void {
  client.setQueryData<KillSwitch[]>(['account', 'kill-switches'], (switches = []) => [
    ...switches.filter(
      (entry) => entry.scope !== changed.scope || entry.scope_id !== changed.scope_id,
    ),
    changed,
  ]);
}

/** The cards of all accounts show their money, whichever is selected. */
function patchMoney(client: QueryClient, { account_id, cash_balance, total_assets }: Balance): void {
  client.setQueryData<AccountItem[]>(ACCOUNTS_KEY, (list) =>
    list?.map((one) => (one.id === account_id ? { ...one, cash: cash_balance, total_assets } : one)),
  );
}

function patchAccount(client: QueryClient, account: AccountItem): void {
  putAccount(client, account);
  // Selected in another window: this one follows, for the server answers for it from now on.
  if (account.is_selected) showAccount(client, account.id);
}

/** Whether an event is about orders, money or signals of an account that the page does not show. */
export function isElsewhere({ event, account_id }: StreamEvent): boolean {
  const { accountId } = sessionStore.getState();
  const isOfList = event === 'account.changed' || event === 'account.removed' || event === 'notification.changed';
  return !isOfList && account_id !== null && accountId !== null && account_id !== accountId;
}

/** Brings the cache to what an event says; events this build does not know are ignored. */
export function applyEvent(client: QueryClient, change: StreamEvent): void {
  if (change.event === 'balance.changed') patchMoney(client, change.data);
  if (isElsewhere(change)) return;
  switch (change.event) {
    case 'quote':
      return patchQuote(client, change.data);
    case 'orderbook':
      client.setQueryData(['market', 'orderbook', change.data.symbol], change.data);
      return;
    case 'signal.created':
      return patchSignal(client, change.data);
    case 'order.changed':
      return patchOrder(client, change.data);
    case 'trade.booked':
      return patchTrade(client, change.data);
    case 'balance.changed':
      client.setQueryData(['account', 'balance'], change.data);
      return;
    case 'holding.changed':
      return patchHolding(client, change.data);
    case 'kill_switch.changed':
      return patchKillSwitch(client, change.data);
    case 'account.changed':
      return patchAccount(client, change.data);
    case 'account.removed':
      return dropAccount(client, change.data.id);
    case 'notification.changed':
      void client.invalidateQueries({ queryKey: ['notifications'] });
      return;
    case 'backtest.changed':
      return patchBacktest(client, change.data);
    case 'sweep.changed':
      return patchSweep(client, change.data);
    case 'strategy.changed':
      return reloadStrategiesSoon(client);
    case 'import.changed':
      return patchImport(client, change.data);
    case 'backfill.changed':
      return patchBackfill(client, change.data);
  }
}

/** After a gap in the stream everything that streams is read again. */
export function resync(client: QueryClient): void {
  for (const prefix of ['accounts', 'account', 'notifications', 'orders', 'signals', 'backtests', 'sweeps', 'imports', 'backfills', 'market', 'strategies']) {
    void client.invalidateQueries({ queryKey: [prefix] });
  }
}
