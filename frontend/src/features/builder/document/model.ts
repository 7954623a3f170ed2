/** Price fields that stand for a series of the bars themselves. */
export const PRICE_FIELDS = ['price', 'close', 'open', 'high', 'low', 'volume'] as const;

export const OPERATORS = [
  'cross_above',
  'cross_below',
  'greater_than',
  'greater_equal',
  'less_than',
  'less_equal',
  'equal',
  'not_equal',
] as const;
export type Operator = (typeof OPERATORS)[number];

export const SCALE_OPERATIONS = ['mul', 'div', 'add', 'sub'] as const;
export type ScaleOperation = (typeof SCALE_OPERATIONS)[number];

export const PATTERN_SIGNALS = ['bullish', 'bearish', 'detected'] as const;
export type PatternSignal = (typeof PATTERN_SIGNALS)[number];

export const STOPS = ['stop_loss', 'take_profit', 'trailing_stop'] as const;
export type StopName = (typeof STOPS)[number];

export const GROUPS = ['entry', 'exit'] as const;
export type GroupName = (typeof GROUPS)[number];
export type Logic = 'AND' | 'OR';

/** An indicator by its alias, or a price field; an output where one is named. */
export interface Series {
  name: string;
  output: string | null;
}

export interface Scale {
  operation: ScaleOperation;
  factor: number;
}

export type Right =
  | { kind: 'number'; value: number }
  | { kind: 'parameter'; name: string }
  | { kind: 'series'; series: Series; scale: Scale | null }
  | { kind: 'missing' };

export interface Comparison {
  kind: 'comparison';
  left: Series;
  /** One of `OPERATORS`, or the text of the document where it is none. */
  operator: string;
  right: Right;
}

export interface PatternCondition {
  kind: 'pattern';
  alias: string;
  signal: PatternSignal;
}

export type Condition = Comparison | PatternCondition;

export interface Group {
  logic: Logic;
  conditions: Condition[];
}

/** An entry of `strategy.indicators`, at the same place as in the document. */
export interface IndicatorEntry {
  id: string;
  /** The name conditions use: the one written, or the one that is generated. */
  alias: string;
  name: string | null;
  params: Record<string, unknown>;
}

/** An entry of `strategy.candlesticks`, at the same place as in the document. */
export interface CandlestickEntry {
  id: string;
  alias: string;
}

/** One of `strategy.params`. */
export interface RuleParameter {
  name: string;
  default: number | null;
  min: number | null;
  max: number | null;
  step: number | null;
  isInteger: boolean;
  description: string;
}

export interface Stop {
  enabled: boolean;
  percent: number | null;
}

/** What a form shows of a document. */
export interface Rules {
  metadata: { name: string; description: string; author: string; tags: string[] };
  id: string;
  category: string;
  indicators: IndicatorEntry[];
  candlesticks: CandlestickEntry[];
  entry: Group;
  exit: Group;
  parameters: RuleParameter[];
  risk: Record<StopName, Stop> & { maxPositionSize: number | null };
}
