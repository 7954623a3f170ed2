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
  | { kind: 'market'; markets: UniverseMarket[]; min_listed_days: number; exclude_states: string[] }
  | {
      kind: 'top';
      by: RankedBy;
      count: number;
      lookback_days: number;
      rebalance: Rebalance;
      markets: UniverseMarket[];
      min_listed_days: number;
      exclude_states: string[];
    };

export type BacktestRequest = Omit<StoredRequest, 'symbols'> & {
  symbols?: string[];
  strategy_ids?: number[];
  universe?: Universe;
  benchmark?: string | null;
  fill?: FillSettings;
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
  matches: boolean | null;
  differences: Difference[];
  checked_at: string | null;
  error: string | null;
}

export interface LevelPoint {
  date: string;
  level: number;
}

export type BacktestDetail = StoredDetail & {
  strategy_ids?: number[];
  fill?: FillSettings;
  benchmark?: string | null;
  benchmark_equity?: LevelPoint[];
  universe?: Universe | null;
  commission?: CommissionTerms;
  note?: string;
  robustness?: Robustness;
  verification?: Verification | null;
};

export interface RoundTrip {
  symbol: string;
  name_ko?: string;
  name_en?: string;
  opened_at: string;
  closed_at: string | null;
  shares_bought: number;
  shares_sold: number;
  bought: number;
  sold: number;
  costs: number;
  pnl: number;
  return_on_cost: number | null;
  mae: number | null;
  mfe: number | null;
  holding_sessions: number;
}

export type AxisRequest = { values: (number | string | boolean)[] } | { from: number; to: number; step: number };
export type SearchRequest =
  | { kind: 'grid' }
  | { kind: 'random' | 'tpe'; trials: number; seed: number };
export interface WalkForwardRequest {
  train_sessions: number;
  test_sessions: number;
  step_sessions: number;
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
export interface Sweep {
  id: number;
  name: string;
  status: Backtest['status'];
  progress: number;
  trials_total: number;
  trials_done: number;
  best: Trial | null;
  error: string | null;
  created_at: string;
  finished_at: string | null;
}
export type SweepDetail = Sweep & {
  request: SweepRequest;
  deflated_sharpe_ratio: number | null;
  stability: Stability[];
  walk_forward: { folds: Fold[]; equity: EquityPoint[]; report: PerformanceReport | null } | null;
};

export interface FigureInfo {
  id: string;
  group: string;
  unit: string;
  convention: string;
}

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
  report: (id: number, format: string) => ask<Blob>('GET', `/backtest/${id}/report.${format}`, { blob: true }),
  figures: () => ask<FigureInfo[]>('GET', '/backtest/figures'),
  sweeps: (query: Query) => ask<Page<Sweep>>('GET', '/backtest/sweeps', { query }),
  sweep: (id: number) => ask<SweepDetail>('GET', `/backtest/sweeps/${id}`),
  startSweep: (body: SweepRequest) => ask<Sweep>('POST', '/backtest/sweeps', { body }),
  trials: (id: number, query: Query) => ask<Page<Trial>>('GET', `/backtest/sweeps/${id}/trials`, { query }),
  trialsCsv: (id: number) => ask<Blob>('GET', `/backtest/sweeps/${id}/trials.csv`, { blob: true }),
  cancelSweep: (id: number) => ask<unknown>('POST', `/backtest/sweeps/${id}/cancel`),
  resumeSweep: (id: number) => ask<unknown>('POST', `/backtest/sweeps/${id}/resume`),
  removeSweep: (id: number) => ask<unknown>('DELETE', `/backtest/sweeps/${id}`),
};
