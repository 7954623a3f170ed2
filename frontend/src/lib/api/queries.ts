import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { account, type DateRange, type TradeFilter } from './account';
import { accounts } from './accounts';
import { admin } from './admin';
import { armings } from './armings';
import { auth } from './auth';
import { backtests, sweeps } from './backtests';
import { history, type CoverageFilter, type SeriesKey } from './history';
import { imports } from './imports';
import { market, type CandleQuery, type SymbolFilter } from './market';
import { notifications } from './notifications';
import { orders, type OrderFilter } from './orders';
import { risk } from './risk';
import { proof } from './proof';
import { isUnderWay } from './run-status';
import { rules, type CostQuestion, type PriceQuestion } from './rules';
import { ACCOUNTS_KEY } from './shown-account';
import { signals, strategies, type StrategyFilter } from './strategies';
import type { JobStatus, LimitName, PageQuery, PreviewRequest } from './types';

/** The most candles one chart loads: two sessions of minutes, four years of days. */
const CANDLES = 1_000;
/** How often a broker is asked again while somebody looks, in milliseconds. */
const ASKED_EVERY = 3_000;
const RANKED_EVERY = 15_000;
const RISK_EVERY = 10_000;
/** The most the server gives at once: twenty years of days. */
const PAST_CANDLES = 5_000;

/**
 * What can be asked of the server, each with the key it is cached under. The stream patches the
 * same keys (see `realtime/patch.ts`), so a screen shows a change without asking again.
 */
export const queries = {
  setup: () => queryOptions({ queryKey: ['setup'], queryFn: auth.setup, staleTime: 0 }),

  accounts: () => queryOptions({ queryKey: ACCOUNTS_KEY, queryFn: accounts.list }),
  balance: () => queryOptions({ queryKey: ['account', 'balance'], queryFn: account.balance }),
  holdings: (query: PageQuery) =>
    queryOptions({
      queryKey: ['account', 'holdings', query],
      queryFn: () => account.holdings(query),
      placeholderData: keepPreviousData,
    }),
  performance: (query: DateRange) =>
    queryOptions({
      queryKey: ['account', 'performance', query],
      queryFn: () => account.performance(query),
      placeholderData: keepPreviousData,
    }),
  trades: (query: TradeFilter & PageQuery) =>
    queryOptions({
      queryKey: ['account', 'trades', query],
      queryFn: () => account.trades(query),
      placeholderData: keepPreviousData,
    }),
  commission: () =>
    queryOptions({ queryKey: ['account', 'commission'], queryFn: account.commission }),
  killSwitches: () =>
    queryOptions({ queryKey: ['account', 'kill-switches'], queryFn: account.killSwitches }),

  risk: () =>
    queryOptions({
      queryKey: ['account', 'risk'],
      queryFn: risk.read,
      // What is used of the limits moves with quotes and orders, and a raise comes into force by the clock.
      refetchInterval: RISK_EVERY,
    }),
  limitHistory: (name: LimitName, query: PageQuery) =>
    queryOptions({
      queryKey: ['account', 'risk', 'history', name, query],
      queryFn: () => risk.limitHistory(name, query),
      placeholderData: keepPreviousData,
    }),
  /** The strategies that may order with real money: everything below is read anew when one of them changes. */
  armings: () => ({ queryKey: ['account', 'arming'] }),
  arming: (id: number, days: number) =>
    queryOptions({
      queryKey: ['account', 'arming', 'standing', id, days],
      queryFn: () => armings.standing(id, days),
      // The worst case moves with the account's worth, and books are compared by the clock.
      refetchInterval: RISK_EVERY,
    }),
  armingList: (query: PageQuery) =>
    queryOptions({
      queryKey: ['account', 'arming', 'list', query],
      queryFn: () => armings.list(query),
      placeholderData: keepPreviousData,
    }),
  breaker: (accountId: number) =>
    queryOptions({
      queryKey: ['account', 'breaker', accountId],
      queryFn: () => risk.breaker(accountId),
      // It turns half open by the clock, which no topic announces.
      refetchInterval: ({ state }) => (state.data && state.data.state !== 'closed' ? ASKED_EVERY : false),
    }),
  notifications: (query: { unseen?: boolean } & PageQuery) =>
    queryOptions({
      queryKey: ['notifications', query],
      queryFn: () => notifications.list(query),
      placeholderData: keepPreviousData,
    }),

  strategyTypes: () =>
    queryOptions({
      queryKey: ['strategies', 'types'],
      queryFn: strategies.types,
      staleTime: Infinity,
    }),
  strategyBlocks: () =>
    queryOptions({ queryKey: ['strategies', 'blocks'], queryFn: strategies.blocks, staleTime: Infinity }),
  strategyPreview: (request: PreviewRequest) =>
    queryOptions({
      queryKey: ['strategies', 'preview', request],
      // A newer question ends this one.
      queryFn: ({ signal }) => strategies.preview(request, signal),
      // A key is a whole strategy: what was tried on the way to it is kept for a quick undo only.
      gcTime: 30_000,
    }),
  strategyList: (query: StrategyFilter) =>
    queryOptions({
      queryKey: ['strategies', 'list', query],
      queryFn: () => strategies.list(query),
      placeholderData: keepPreviousData,
    }),
  strategy: (id: number) =>
    queryOptions({ queryKey: ['strategies', 'detail', id], queryFn: () => strategies.get(id) }),
  strategyVersions: (id: number, query: PageQuery) =>
    queryOptions({
      queryKey: ['strategies', 'versions', id, query],
      queryFn: () => strategies.versions(id, query),
      placeholderData: keepPreviousData,
    }),
  strategyVersion: (id: number, number: number) =>
    queryOptions({ queryKey: ['strategies', 'version', id, number], queryFn: () => strategies.version(id, number) }),
  strategyChanges: (id: number, number: number, since: number) =>
    queryOptions({
      queryKey: ['strategies', 'changes', id, number, since],
      queryFn: () => strategies.changes(id, number, since),
      // What a version was never changes.
      staleTime: Infinity,
    }),

  signals: (query: { strategy_id?: number; symbol?: string } & PageQuery) =>
    queryOptions({
      queryKey: ['signals', query],
      queryFn: () => signals.list(query),
      placeholderData: keepPreviousData,
    }),

  orderList: (query: OrderFilter & PageQuery) =>
    queryOptions({
      queryKey: ['orders', 'list', query],
      queryFn: () => orders.list(query),
      placeholderData: keepPreviousData,
    }),
  order: (id: number) =>
    queryOptions({ queryKey: ['orders', 'detail', id], queryFn: () => orders.get(id) }),

  orderEvidence: (id: number) =>
    queryOptions({
      queryKey: ['orders', 'detail', id, 'evidence'],
      queryFn: () => orders.evidence(id),
      // Lists go on being read while somebody looks.
      refetchInterval: ASKED_EVERY,
    }),
  proof: (query: DateRange) =>
    queryOptions({ queryKey: ['orders', 'proof', query], queryFn: () => proof.days(query), placeholderData: keepPreviousData }),
  brokerOrders: (query: { external?: boolean } & PageQuery) =>
    queryOptions({
      queryKey: ['orders', 'at-broker', query],
      queryFn: () => proof.brokerOrders(query),
      placeholderData: keepPreviousData,
    }),

  backtestList: (query: { strategy_id?: number } & PageQuery) =>
    queryOptions({
      queryKey: ['backtests', 'list', query],
      queryFn: () => backtests.list(query),
      placeholderData: keepPreviousData,
    }),
  backtest: (id: number) =>
    queryOptions({ queryKey: ['backtests', 'detail', id], queryFn: () => backtests.get(id) }),
  backtestTrades: (id: number, query: PageQuery) =>
    queryOptions({
      queryKey: ['backtests', 'trades', id, query],
      queryFn: () => backtests.trades(id, query),
      placeholderData: keepPreviousData,
    }),

  roundTrips: (id: number, query: { sort?: string } & PageQuery) =>
    queryOptions({
      queryKey: ['backtests', 'round-trips', id, query],
      queryFn: () => backtests.roundTrips(id, query),
      placeholderData: keepPreviousData,
    }),
  sweepList: (query: PageQuery) =>
    queryOptions({
      queryKey: ['sweeps', 'list', query],
      queryFn: () => sweeps.list(query),
      placeholderData: keepPreviousData,
    }),
  sweep: (id: number) =>
    queryOptions({ queryKey: ['sweeps', 'detail', id], queryFn: () => sweeps.get(id) }),
  trials: (id: number, query: { sort?: string } & PageQuery) =>
    queryOptions({
      queryKey: ['sweeps', 'trials', id, query],
      queryFn: () => sweeps.trials(id, query),
      placeholderData: keepPreviousData,
    }),

  marketStatus: () =>
    queryOptions({
      queryKey: ['market', 'status'],
      queryFn: market.status,
      // The session opens and closes by the clock and no topic announces it.
      refetchInterval: 60_000,
    }),
  symbols: (query: SymbolFilter & PageQuery) =>
    queryOptions({
      queryKey: ['market', 'symbols', query],
      queryFn: () => market.symbols(query),
      placeholderData: keepPreviousData,
    }),
  symbol: (symbol: string) =>
    queryOptions({ queryKey: ['market', 'symbol', symbol], queryFn: () => market.symbol(symbol) }),
  candles: (query: CandleQuery) =>
    queryOptions({
      queryKey: ['market', 'candles', query.symbol, query],
      queryFn: () => market.candles({ ...query, limit: CANDLES }),
    }),
  /** Bars of a time gone by, which no quote of today belongs to. */
  pastCandles: (query: CandleQuery) =>
    queryOptions({
      queryKey: ['market', 'past-candles', query.symbol, query],
      queryFn: () => market.candles({ ...query, limit: PAST_CANDLES }),
    }),
  quote: (symbol: string) =>
    queryOptions({ queryKey: ['market', 'quote', symbol], queryFn: () => market.quote(symbol) }),
  orderBook: (symbol: string) =>
    queryOptions({
      queryKey: ['market', 'orderbook', symbol],
      queryFn: () => market.orderBook(symbol),
    }),
  recentTrades: (symbol: string) =>
    queryOptions({
      queryKey: ['market', 'trades', symbol],
      queryFn: () => market.recentTrades(symbol),
      refetchInterval: ASKED_EVERY,
    }),
  mostTraded: () =>
    queryOptions({ queryKey: ['market', 'most-traded'], queryFn: market.mostTraded, refetchInterval: RANKED_EVERY }),
  imports: (query: PageQuery) =>
    queryOptions({
      queryKey: ['imports', 'list', query],
      queryFn: () => imports.list(query),
      placeholderData: keepPreviousData,
      // The stream tells people of their own files; what a broker brings belongs to everybody.
      refetchInterval: ({ state }) =>
        state.data?.items.some((item) => item.source === 'broker' && isUnderWay(item)) ? ASKED_EVERY : false,
    }),
  quarantine: (id: number, query: { reason?: string } & PageQuery) =>
    queryOptions({
      queryKey: ['imports', 'quarantine', id, query],
      queryFn: () => imports.quarantine(id, query),
      placeholderData: keepPreviousData,
    }),
  coverage: (query: CoverageFilter & PageQuery) =>
    queryOptions({
      queryKey: ['market', 'coverage', query],
      queryFn: () => history.coverage(query),
      placeholderData: keepPreviousData,
    }),
  coverageDetail: (series: SeriesKey) =>
    queryOptions({
      queryKey: ['market', 'coverage', 'detail', series],
      queryFn: () => history.coverageDetail(series),
    }),
  backfills: (query: PageQuery) =>
    queryOptions({
      queryKey: ['backfills', query],
      queryFn: () => history.backfills(query),
      placeholderData: keepPreviousData,
    }),
  actions: (query: { symbol?: string } & PageQuery) =>
    queryOptions({
      queryKey: ['market', 'actions', query],
      queryFn: () => history.actions(query),
      placeholderData: keepPreviousData,
    }),
  // The rules of a date never change while the server runs.
  priceRule: (question: PriceQuestion) =>
    queryOptions({
      queryKey: ['rules', 'price', question],
      queryFn: () => rules.price(question),
      placeholderData: keepPreviousData,
      staleTime: Infinity,
    }),
  tradeCosts: (question: CostQuestion) =>
    queryOptions({
      queryKey: ['rules', 'costs', question],
      queryFn: () => rules.costs(question),
      placeholderData: keepPreviousData,
      staleTime: Infinity,
    }),
  sessionDay: (date: string) =>
    queryOptions({
      queryKey: ['rules', 'session', date],
      queryFn: () => rules.session(date),
      placeholderData: keepPreviousData,
      staleTime: Infinity,
    }),

  users: (query: PageQuery) =>
    queryOptions({
      queryKey: ['admin', 'users', query],
      queryFn: () => admin.users(query),
      placeholderData: keepPreviousData,
    }),
  settings: () => queryOptions({ queryKey: ['admin', 'settings'], queryFn: admin.settings }),
  jobs: (query: { status?: JobStatus } & PageQuery) =>
    queryOptions({
      queryKey: ['admin', 'jobs', query],
      queryFn: () => admin.jobs(query),
      placeholderData: keepPreviousData,
    }),
  system: () => queryOptions({ queryKey: ['admin', 'system'], queryFn: admin.system }),
};
