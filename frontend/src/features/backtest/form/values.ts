import type { BacktestDetail, BacktestRequest, CommissionTerms, FillSettings, IssueState, RankedBy, Rebalance, Universe, UniverseMarket } from '@/lib/api/types';
import { termsOf, valuesOf, type PlanChoice, type TermsValues } from '@/lib/commission/terms';
import type { Prefill } from '@/lib/parameters/prefill';
import type { ParameterValues } from '@/lib/parameters/schema';

export const MARKETS: UniverseMarket[] = ['kospi', 'kosdaq', 'konex'];
export const RANKED_BY: RankedBy[] = ['value', 'market_cap'];
export const REBALANCES: Rebalance[] = ['monthly', 'quarterly', 'yearly'];
export const TIMINGS: FillSettings['timing'][] = ['next_open', 'closing_auction', 'limit_within_bar'];
export const SLIPPAGES: FillSettings['slippage']['kind'][] = ['none', 'ticks', 'bp'];
export const INDICES = ['KOSPI', 'KOSDAQ', 'KOSPI200'] as const;
/** The one state of an issue that is known by date: a halted day has no trade. */
const UNSOUND: IssueState[] = ['halted'];

/** Which issues may be traded: named ones, or by a rule that is asked anew as time goes on. */
export type Scope = 'list' | 'market' | 'top';
export const SCOPES: Scope[] = ['list', 'market', 'top'];

/** A stored strategy, a kind with its own parameters, or several stored strategies on one wallet. */
export type Source = { kind: 'strategy'; id: number; version?: number } | { kind: 'type'; type: string } | { kind: 'several' };

interface UniverseValues {
  markets: UniverseMarket[];
  min_listed_days: number;
  /** Without issues that were halted on the session before. */
  sound: boolean;
  sell_on_exit: boolean;
  by: RankedBy;
  count: number;
  lookback_days: number;
  rebalance: Rebalance;
}

/** The names are those of the request, so that what the server refuses finds its field. */
export interface BacktestFormValues {
  strategy_ids: number[];
  scope: Scope;
  symbols: string[];
  universe: UniverseValues;
  start_date: string;
  end_date: string;
  initial_capital: number;
  /** An index, an issue, or nothing. */
  benchmark: string;
  fill: FillSettings;
  commission: Omit<TermsValues, 'plan'> & { plan: PlanChoice | 'account' };
  parameters: ParameterValues;
  /** The search that found the parameters: its trials count against the result. */
  sweep_id?: number;
}

export const CAPITAL_DEFAULT = 100_000_000;

export const DEFAULTS: Omit<BacktestFormValues, 'start_date' | 'end_date' | 'parameters'> = {
  strategy_ids: [],
  scope: 'list',
  symbols: [],
  universe: {
    markets: ['kospi', 'kosdaq'],
    min_listed_days: 365,
    sound: true,
    sell_on_exit: true,
    by: 'value',
    count: 30,
    lookback_days: 20,
    rebalance: 'monthly',
  },
  initial_capital: CAPITAL_DEFAULT,
  benchmark: '',
  fill: { timing: 'next_open', volume_share_percent: 10, slippage: { kind: 'none', value: 1 } },
  commission: { ...valuesOf({ rate_ppb: 140_527 }), plan: 'account' },
};

function universeOf({ scope, symbols, universe }: BacktestFormValues): Pick<BacktestRequest, 'symbols' | 'universe'> {
  if (scope === 'list') return { symbols };
  const { markets, min_listed_days, sound, sell_on_exit, by, count, lookback_days, rebalance } = universe;
  const filter = { markets, min_listed_days, exclude_states: sound ? UNSOUND : [], sell_on_exit };
  return {
    universe:
      scope === 'market'
        ? { kind: 'market', ...filter }
        : { kind: 'top', by, count, lookback_days, rebalance, ...filter },
  };
}

/** Without slippage its size means nothing. */
function fillOf({ timing, volume_share_percent, slippage }: FillSettings): FillSettings {
  const { kind } = slippage;
  return { timing, volume_share_percent, slippage: { kind, value: kind === 'none' ? 0 : slippage.value } };
}

const isUsual = (fill: FillSettings) => JSON.stringify(fillOf(fill)) === JSON.stringify(fillOf(DEFAULTS.fill));

function commissionOf(commission: BacktestFormValues['commission']): CommissionTerms | undefined {
  const { plan } = commission;
  return plan === 'account' ? undefined : (termsOf({ ...commission, plan }) ?? undefined);
}

/** What the server is asked for; what the account or the server knows best is left out. */
export function requestOf(source: Source, values: BacktestFormValues): BacktestRequest {
  const commission = commissionOf(values.commission);
  const what =
    source.kind === 'several'
      ? { strategy_ids: values.strategy_ids }
      : source.kind === 'strategy'
        ? { strategy_id: source.id, strategy_version: source.version, ...universeOf(values) }
        : { strategy_type: source.type, parameters: values.parameters, ...universeOf(values) };
  return {
    ...what,
    start_date: values.start_date,
    end_date: values.end_date,
    initial_capital: values.initial_capital,
    ...(!isUsual(values.fill) && { fill: fillOf(values.fill) }),
    ...(values.benchmark && { benchmark: values.benchmark }),
    ...(commission && { commission }),
    ...(values.sweep_id !== undefined && { sweep_id: values.sweep_id }),
  };
}

function ruleValues(universe: Universe): Partial<BacktestFormValues> {
  if (universe.kind === 'list') return { scope: 'list', symbols: universe.symbols };
  const { kind, exclude_states = [], ...rule } = universe;
  return {
    scope: kind,
    universe: { ...DEFAULTS.universe, ...rule, sound: exclude_states.length > 0 },
  };
}

/** The stored strategies of a run. */
export function storedIds({ strategies }: Pick<BacktestDetail, 'strategies'>): number[] {
  return strategies.flatMap(({ strategy_id }) => strategy_id ?? []);
}

/** What a form begins with that changes an earlier run. */
export function valuesOfRun(run: BacktestDetail): Partial<BacktestFormValues> {
  return {
    symbols: run.symbols,
    ...(run.universe && ruleValues(run.universe)),
    strategy_ids: storedIds(run),
    start_date: run.start_date,
    end_date: run.end_date,
    initial_capital: run.initial_capital,
    benchmark: run.benchmark ?? '',
    ...(run.sweep_id && { sweep_id: run.sweep_id }),
    ...(run.fill && { fill: run.fill }),
    ...(run.manifest && { commission: valuesOf(run.manifest.commission) }),
    parameters: run.parameters as ParameterValues,
  };
}

/** What a form begins with that another page handed something to. */
export function valuesOfPrefill({ symbols, start, end, capital, parameters, sweep }: Prefill): Partial<BacktestFormValues> {
  return {
    ...(symbols?.length && { symbols }),
    ...(start && { start_date: start }),
    ...(end && { end_date: end }),
    ...(capital !== undefined && { initial_capital: capital }),
    ...(parameters && { parameters }),
    ...(sweep !== undefined && { sweep_id: sweep }),
  };
}
