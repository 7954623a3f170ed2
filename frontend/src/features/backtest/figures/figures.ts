import type { PerformanceReport } from '@/lib/api/types';

/** What a figure is counted in; decides how it is written. */
export type Unit = 'percent' | 'ratio' | 'won' | 'days' | 'sessions' | 'count' | 'bp' | 'times';
/** Which way is better; nothing where neither is. */
export type Better = 'high' | 'low' | null;
export type FigureSpec = readonly [unit: Unit, better: Better];

/** The parts of a report that hold single figures. */
export type FigureGroup =
  | 'returns'
  | 'risk'
  | 'drawdown'
  | 'significance'
  | 'benchmark'
  | 'trips'
  | 'activity';

type Group<G extends FigureGroup> = NonNullable<PerformanceReport[G]>;

/** Every figure of a report: a new one on the server fails the type check until it has its unit here. */
export const FIGURES = {
  returns: {
    total_return: ['percent', 'high'],
    annual_return: ['percent', 'high'],
    annual_return_by_sessions: ['percent', 'high'],
    mean_session: ['percent', 'high'],
    best_session: ['percent', 'high'],
    worst_session: ['percent', 'high'],
    positive_sessions: ['percent', 'high'],
    best_month: ['percent', 'high'],
    worst_month: ['percent', 'high'],
    positive_months: ['percent', 'high'],
    best_year: ['percent', 'high'],
    worst_year: ['percent', 'high'],
  },
  risk: {
    volatility: ['percent', 'low'],
    downside_deviation: ['percent', 'low'],
    sharpe_ratio: ['ratio', 'high'],
    sortino_ratio: ['ratio', 'high'],
    calmar_ratio: ['ratio', 'high'],
    calmar_ratio_by_sessions: ['ratio', 'high'],
    omega_ratio: ['ratio', 'high'],
    tail_ratio: ['ratio', 'high'],
    value_at_risk_95: ['percent', 'high'],
    value_at_risk_99: ['percent', 'high'],
    conditional_value_at_risk_95: ['percent', 'high'],
    conditional_value_at_risk_99: ['percent', 'high'],
    skewness: ['ratio', 'high'],
    excess_kurtosis: ['ratio', 'low'],
  },
  drawdown: {
    max_drawdown: ['percent', 'high'],
    current_drawdown: ['percent', 'high'],
    average_drawdown: ['percent', 'high'],
    drawdowns: ['count', null],
    longest_sessions: ['sessions', 'low'],
    longest_days: ['days', 'low'],
    time_under_water: ['percent', 'low'],
    ulcer_index: ['percent', 'low'],
  },
  significance: {
    probabilistic_sharpe_ratio: ['percent', 'high'],
    trials: ['count', null],
    expected_best_sharpe_ratio: ['ratio', null],
    deflated_sharpe_ratio: ['percent', 'high'],
  },
  benchmark: {
    sessions: ['sessions', null],
    total_return: ['percent', null],
    excess_return: ['percent', 'high'],
    beta: ['ratio', null],
    alpha: ['percent', 'high'],
    correlation: ['ratio', null],
    r_squared: ['percent', null],
    tracking_error: ['percent', null],
    information_ratio: ['ratio', 'high'],
    up_capture: ['percent', 'high'],
    down_capture: ['percent', 'low'],
    capture_ratio: ['ratio', 'high'],
  },
  trips: {
    closed: ['count', null],
    open: ['count', null],
    win_rate: ['percent', 'high'],
    profit_factor: ['ratio', 'high'],
    payoff_ratio: ['ratio', 'high'],
    expectancy: ['won', 'high'],
    expectancy_return: ['percent', 'high'],
    system_quality_number: ['ratio', 'high'],
    average_win: ['won', 'high'],
    average_loss: ['won', 'high'],
    largest_win: ['won', 'high'],
    largest_loss: ['won', 'high'],
    longest_winning_streak: ['count', 'high'],
    longest_losing_streak: ['count', 'low'],
    average_holding_days: ['days', null],
    median_holding_days: ['days', null],
    longest_holding_days: ['days', null],
    average_mae: ['percent', 'high'],
    average_mfe: ['percent', 'high'],
    worst_mae: ['percent', 'high'],
  },
  activity: {
    turnover: ['times', null],
    exposure: ['percent', null],
    time_in_market: ['percent', null],
    bought: ['won', null],
    sold: ['won', null],
    costs: ['won', 'low'],
    costs_of_traded_bp: ['bp', 'low'],
    cost_drag_bp: ['bp', 'low'],
    filled_orders: ['count', null],
    partial_orders: ['count', 'low'],
    unfilled_orders: ['count', 'low'],
    rejected_orders: ['count', 'low'],
  },
} as const satisfies { [G in FigureGroup]: Record<keyof Group<G>, FigureSpec> };

export const GROUPS = Object.keys(FIGURES) as FigureGroup[];

/** A figure by group and name, as in `risk.sharpe_ratio`. */
export interface FigureKey {
  group: FigureGroup;
  name: string;
}

/** The figures of a group in the order of the report. */
export function figuresOf(group: FigureGroup): FigureKey[] {
  return Object.keys(FIGURES[group]).map((name) => ({ group, name }));
}

/** What is known of a figure; null for one this build does not know. */
export function specOf({ group, name }: FigureKey): FigureSpec | null {
  const known: Partial<Record<string, FigureSpec>> = FIGURES[group];
  return known[name] ?? null;
}

/** Reads `risk.sharpe_ratio`, or a bare `sharpe_ratio` by the first group that has it. */
export function parseFigure(id: string): FigureKey | null {
  const [head = '', tail] = id.split('.');
  if (tail === undefined) {
    const group = GROUPS.find((candidate) => head in FIGURES[candidate]);
    return group ? { group, name: head } : null;
  }
  const group = GROUPS.find((candidate) => candidate === head);
  return group && tail in FIGURES[group] ? { group, name: tail } : null;
}

/** The value of a figure; null where the report has none. */
export function valueOf(report: PerformanceReport, { group, name }: FigureKey): number | null {
  const values = report[group] as Record<string, number | null> | null;
  return values?.[name] ?? null;
}

/** The place of the best of several values, all of them where they are equal; none if nothing is better. */
export function bestOf(values: (number | null)[], better: Better): number[] {
  const known = values.filter((value) => value !== null);
  if (better === null || known.length < 2) return [];
  const best = better === 'high' ? Math.max(...known) : Math.min(...known);
  if (known.every((value) => value === best)) return [];
  return values.flatMap((value, place) => (value === best ? [place] : []));
}
