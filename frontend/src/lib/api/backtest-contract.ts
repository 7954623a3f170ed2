// What the server is going to answer. Goes when `schema.ts` has it.
import { http, unwrap } from './client';
import type {
  BacktestDetail as StoredDetail,
  BacktestRequest as StoredRequest,
  Backtest,
  CommissionTerms,
  EquityPoint,
  Metrics,
  Page,
  PerformanceReport,
} from './types';

export type FillTiming = 'next_open' | 'closing_auction' | 'limit_within_bar';
export type SlippageKind = 'none' | 'ticks' | 'bp';

export interface FillSettings {
  timing: FillTiming;
  volume_share_percent: number;
  slippage: { kind: SlippageKind; value: number };
}

export type UniverseMarket = 'kospi' | 'kosdaq' | 'konex';
export type RankedBy = 'value' | 'market_cap';
export type Rebalance = 'monthly' | 'quarterly' | 'yearly';

export type Universe =
  | { kind: 'list'; symbols: string[] }
  | {
      kind: 'market';
      markets: UniverseMarket[];
      min_listed_days: number;
      exclude_states: string[];
      sell_on_exit: boolean;
    }
  | {
      kind: 'top';
      by: RankedBy;
      count: number;
      lookback_days: number;
      rebalance: Rebalance;
      markets: UniverseMarket[];
      min_listed_days: number;
      exclude_states: string[];
      sell_on_exit: boolean;
    };

export type BacktestRequest = Omit<StoredRequest, 'symbols'> & {
  symbols?: string[];
  strategy_ids?: number[];
  universe?: Universe;
  benchmark?: string | null;
  fill?: FillSettings;
  sweep_id?: number;
};

export type CheckOutcome = 'passed' | 'failed' | 'skipped';
export interface Check {
  code: string;
  outcome: CheckOutcome;
  values: Record<string, number>;
  details: string[];
  date: string | null;
}
export interface Robustness {
  status: 'none' | 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  progress: number;
  checks: Check[];
  error: string | null;
}

export type Difference = 'data' | 'rules' | 'code' | 'parameters' | 'result';
export interface Verification {
  status: Robustness['status'];
  progress: number;
  matches: boolean | null;
  differences: Difference[];
  checked_at: string | null;
  error: string | null;
}

export interface LevelPoint {
  date: string;
  level: number;
}

export interface TestedStrategy {
  number: number;
  strategy_id: number | null;
  name: string;
  strategy_type: string;
  parameters: ParameterMap;
  symbols: string[];
}

export type BacktestDetail = StoredDetail & {
  strategies?: TestedStrategy[];
  fill?: FillSettings;
  benchmark?: string | null;
  benchmark_levels?: LevelPoint[];
  universe?: Universe | null;
  sweep_id?: number | null;
  note?: string;
  robustness?: Robustness;
  verification?: Verification;
};

export interface RoundTrip {
  symbol: string;
  opened_at: string;
  closed_at: string | null;
  quantity: number;
  quantity_sold: number;
  entry_price: string;
  exit_price: string | null;
  bought: number;
  sold: number;
  costs: number;
  pnl: number;
  return: number | null;
  mae: number | null;
  mfe: number | null;
  holding_sessions: number;
}

export type AxisRequest = { values?: (number | string | boolean)[]; from?: number; to?: number; step?: number };
export type SearchKind = 'grid' | 'random' | 'tpe';
export interface SearchRequest {
  kind: SearchKind;
  trials?: number | null;
  seed?: number | null;
}
export interface WalkForwardRequest {
  train_sessions: number;
  test_sessions: number;
  step_sessions?: number | null;
  purge_sessions: number;
}
export interface SweepRequest {
  name?: string;
  base: BacktestRequest;
  axes: Record<string, AxisRequest>;
  search: SearchRequest;
  constraints: string[];
  objective: { figure: string; direction?: 'maximize' | 'minimize' };
  walk_forward?: WalkForwardRequest;
}

export type ParameterMap = Record<string, number | string | boolean>;
export interface Trial {
  /** 0 for the whole period, otherwise the fold. */
  fold: number;
  number: number;
  parameters: ParameterMap;
  objective: number | null;
  metrics: Metrics | null;
  error: string | null;
}
export interface Stability {
  number: number;
  neighbours: number;
  mean: number | null;
  worst: number | null;
}
export interface Fold {
  number: number;
  train_from: string;
  train_to: string;
  test_from: string;
  test_to: string;
  parameters: ParameterMap | null;
  train_objective: number | null;
  test_objective: number | null;
  metrics: Metrics | null;
  error: string | null;
}
export interface SweepBase {
  strategy_id: number | null;
  strategy_type: string;
  parameters: ParameterMap;
  symbols: string[];
  universe: Universe | null;
  start_date: string;
  end_date: string;
  initial_capital: number;
  commission: CommissionTerms;
  fill: FillSettings;
  benchmark: string | null;
}
export interface Sweep {
  id: number;
  name: string;
  status: Backtest['status'];
  progress: number;
  trials_total: number;
  trials_done: number;
  best: Trial | null;
  base: SweepBase;
  axes: Record<string, AxisRequest>;
  search: SearchRequest;
  constraints: string[];
  objective: { figure: string; direction?: 'maximize' | 'minimize' | null };
  walk_forward: WalkForwardRequest | null;
  error: string | null;
  created_at: string;
  finished_at: string | null;
}
export type SweepDetail = Sweep & {
  best_report: PerformanceReport | null;
  stability: Stability[];
  walk_forward_result: { folds: Fold[]; equity: EquityPoint[]; report: PerformanceReport | null } | null;
};

type Query = Record<string, string | number | undefined>;
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** A route that the schema does not know yet. */
function ask<T>(method: Method, path: string, init: { query?: Query; body?: unknown; blob?: boolean } = {}): Promise<T> {
  const call = http.request as unknown as (
    method: string,
    path: string,
    init: unknown,
  ) => Promise<{ data?: T; error?: unknown; response: Response }>;
  return unwrap(
    call(method.toLowerCase(), `/api/v1${path}`, {
      params: { query: init.query },
      body: init.body,
      ...(init.blob && { parseAs: 'blob' }),
    }),
  );
}

export const contract = {
  run: (body: BacktestRequest) => ask<Backtest>('POST', '/backtest', { body }),
  get: (id: number) => ask<BacktestDetail>('GET', `/backtest/${id}`),
  change: (id: number, body: { name?: string; note?: string }) =>
    ask<BacktestDetail>('PATCH', `/backtest/${id}`, { body }),
  roundTrips: (id: number, query: Query) =>
    ask<Page<RoundTrip>>('GET', `/backtest/${id}/round-trips`, { query }),
  verify: (id: number) => ask<unknown>('POST', `/backtest/${id}/verify`),
  robustness: (id: number) => ask<unknown>('POST', `/backtest/${id}/robustness`),
  cancelRobustness: (id: number) => ask<unknown>('POST', `/backtest/${id}/robustness/cancel`),
  report: (id: number, format: string, language?: string) =>
    ask<Blob>('GET', `/backtest/${id}/report.${format}`, { query: { language }, blob: true }),
  sweeps: (query: Query) => ask<Page<Sweep>>('GET', '/backtest/sweeps', { query }),
  sweep: (id: number) => ask<SweepDetail>('GET', `/backtest/sweeps/${id}`),
  startSweep: (body: SweepRequest) => ask<Sweep>('POST', '/backtest/sweeps', { body }),
  trials: (id: number, query: Query) => ask<Page<Trial>>('GET', `/backtest/sweeps/${id}/trials`, { query }),
  trialsCsv: (id: number) => ask<Blob>('GET', `/backtest/sweeps/${id}/trials.csv`, { blob: true }),
  cancelSweep: (id: number) => ask<unknown>('POST', `/backtest/sweeps/${id}/cancel`),
  resumeSweep: (id: number) => ask<unknown>('POST', `/backtest/sweeps/${id}/resume`),
  removeSweep: (id: number) => ask<unknown>('DELETE', `/backtest/sweeps/${id}`),
};
