import { authenticatedFetch } from './client';
import { toProblem } from './problem';
import type {
  Candles as KnownCandles,
  Import as KnownImport,
  Instrument as KnownInstrument,
  Interval,
  StreamEvent as KnownStreamEvent,
} from './types';

/** Routes and shapes the generated schema does not have yet; each leaves this file as it lands there. */

type Status = KnownImport['status'];
export type Prices = 'raw' | 'adjusted';

export type TradedKind = 'stock' | 'etf' | 'etn';

export interface Instrument extends Omit<KnownInstrument, 'kind'> {
  kind: TradedKind | 'fund' | 'right';
  isin: string | null;
  security_group: string | null;
  share_kind: string | null;
  section: string | null;
  states_on: string | null;
  limit_multiple: number;
  is_assumed: boolean;
  listed_on: string | null;
  delisted_on: string | null;
  par_value: number | null;
  listed_shares: number | null;
  tax_class: string | null;
  status: 'listed' | 'delisted';
  states: string[];
}

export interface Candles extends Omit<KnownCandles, 'interval'> {
  interval: Interval;
  price_basis: 'raw' | 'adjusted_imported' | 'adjusted_derived';
  as_of: string | null;
  /** The length of the stored bars that these are made of. */
  made_of: Interval | null;
}

export type ImportKind = 'bars' | 'symbols' | 'actions';

export interface Import extends Omit<KnownImport, 'interval'> {
  kind: ImportKind;
  interval: Interval;
  strict: boolean;
  rows_changed: number;
  rows_quarantined: number;
  reasons: Record<string, number>;
}

export interface QuarantinedRow {
  row: number;
  symbol: string;
  time: string;
  field: string;
  reason: string;
  cells: string;
}

export interface CoverageCell {
  period: string;
  expected: number;
  stored: number;
  /** Not stored, and nobody has been asked for them yet. */
  missing: number;
}

export interface Coverage {
  symbol: string;
  name_ko: string;
  name_en: string;
  adjusted: boolean;
  first: string;
  last: string;
  expected: number;
  stored: number;
  missing: number;
  cells: CoverageCell[];
}

export interface FlawedBar {
  at: string;
  price: number;
}

export interface CoverageDetail extends Coverage {
  interval: Interval;
  gaps: { from: string; to: string; sessions: number; reason: 'missing' | 'partial' | 'absent' }[];
  outliers: (FlawedBar & { lower_limit: number | null; upper_limit: number | null })[];
  outliers_total: number;
  off_grid: FlawedBar[];
  off_grid_total: number;
  off_session: FlawedBar[];
  off_session_total: number;
}

export interface Backfill {
  id: number;
  status: Status;
  progress: number;
  symbols: string[];
  interval: Interval;
  from: string;
  to: string;
  days_missing: number;
  days_asked: number;
  bars_added: number;
  requests: number;
  unavailable: string[];
  error: string | null;
  created_at: string;
  finished_at: string | null;
}

export interface BackfillRequest {
  symbols: string[];
  /** Longer bars within a day are made of minutes. */
  interval: '1m' | '1d';
  from: string;
  to: string;
}

export type StreamEvent =
  | KnownStreamEvent
  | { topic: string; event: 'backfill.changed'; data: Backfill };

export interface CorporateAction {
  id: number;
  symbol: string;
  ex_date: string;
  kind: string;
  numerator: number;
  denominator: number;
  source: string;
  recorded_at: string;
}

export interface ActionRequest {
  symbol: string;
  ex_date: string;
  kind: string;
  numerator: number;
  denominator: number;
}

export interface PriceRule {
  base_price: number;
  tick: number;
  upper: number | null;
  lower: number | null;
  rule: string;
}

export type CommissionPlan = 'bankis' | 'kis_paper' | 'fee_waiver';

export interface TradeCosts {
  settlement_date: string | null;
  amount: number;
  commission: number;
  tax: number;
  rural_tax: number;
  net: number;
  commission_rate: number;
  tax_rate: number;
  rural_tax_rate: number;
}

/** Times of the day are `HH:MM:SS` in Seoul. */
export interface SessionPhase {
  row: string;
  phase: string;
  orders_from: string;
  orders_to: string;
  trades_from: string;
  trades_to: string;
  matching: string;
  auction_minutes: number | null;
  random_end_seconds: number;
  source: string;
  confirmed: boolean;
}

export interface SessionDay {
  date: string;
  is_session: boolean;
  status: 'observed' | 'scheduled' | 'tentative';
  note: 'exam' | 'year_opening' | 'saturday_half_day' | 'amended' | null;
  /** Several names are parted by semicolons. */
  holiday: { name_ko: string; name_en: string } | null;
  venues: { venue: 'krx' | 'nxt'; phases: SessionPhase[] }[];
  previous_session: string | null;
  next_session: string | null;
  settlement_date: string | null;
  rules_version: string;
}

async function send(method: string, path: string, query: object, body?: unknown): Promise<Response> {
  const url = new URL(`/api/v1${path}`, window.location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const form = body instanceof FormData;
  const request = new Request(url, {
    method,
    credentials: 'same-origin',
    headers: body === undefined || form ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : form ? body : JSON.stringify(body),
  });
  const response = await authenticatedFetch(request);
  if (response.ok) return response;
  throw toProblem(response.status, await response.json().catch(() => null));
}

export async function ask<T>(
  method: string,
  path: string,
  query: object = {},
  body?: unknown,
): Promise<T> {
  const response = await send(method, path, query, body);
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
}

export async function askBlob(path: string, query: object): Promise<Blob> {
  return (await send('GET', path, query)).blob();
}
