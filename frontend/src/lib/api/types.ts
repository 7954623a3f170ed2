import type { components } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['User'];
export type Role = User['role'];
export type Session = Schemas['Session'];
export type Setup = Schemas['Setup'];

export type AccountItem = Schemas['AccountItem'];
export type NewAccount = Schemas['NewAccount'];
export type NewKeys = Schemas['NewKeys'];
export type AccountChange = Schemas['AccountChange'];
export type AccountCheck = Schemas['AccountCheck'];
export type AccountProblem = Schemas['AccountProblem'];
export type CheckedStep = Schemas['CheckedStep'];

export type Balance = Schemas['Balance'];
export type Holding = Schemas['Holding'];
export type Performance = Schemas['Performance'];
export type Metrics = Schemas['Metrics'];
export type EquityPoint = Schemas['EquityPoint'];
export type Trade = Schemas['Trade'];
export type KillSwitch = Schemas['KillSwitch'];
export type PullRequest = Schemas['PullRequest'];
export type Risk = Schemas['Risk'];
export type Limit = Schemas['Limit'];
export type LimitName = Limit['name'];
export type LimitRequest = Schemas['LimitRequest'];
export type LimitChange = Schemas['LimitChange'];
export type RestrictRequest = Schemas['RestrictRequest'];
export type RestrictedIssue = Schemas['RestrictedIssue'];
export type StoppedStrategy = Schemas['StoppedStrategy'];
export type Arming = Schemas['Arming'];
export type ArmingStanding = Schemas['ArmingStanding'];
export type ArmRequest = Schemas['ArmRequest'];
export type Breaker = Schemas['Breaker'];
export type Notification = Schemas['Notification'];
export type ProvenDay = Schemas['ProvenDay'];
export type BrokerOrder = Schemas['BrokerOrder'];
export type Side = Trade['side'];

export type StrategyType = Schemas['StrategyType'];
export type Strategy = Schemas['Strategy'];
export type StrategyRequest = Schemas['StrategyRequest'];
export type StrategySort = Schemas['StrategySort'];
export type StrategyVersion = Schemas['StrategyVersion'];
export type StrategyChanges = Schemas['Changes'];
export type DocumentLine = Schemas['DocumentLine'];
export type DocumentFinding = Schemas['DocumentFinding'];
export type Blocks = Schemas['Blocks'];
export type IndicatorBlock = Schemas['IndicatorBlock'];
export type IndicatorParameterBlock = Schemas['IndicatorParameterBlock'];
export type CandlestickBlock = Schemas['CandlestickBlock'];
export type Preview = Schemas['Preview'];
export type PreviewRequest = Schemas['PreviewRequest'];
export type PreviewMarker = Schemas['PreviewMarker'];
export type PreviewSeries = Schemas['PreviewSeries'];
export type Signal = Schemas['Signal'];

export type Order = Schemas['Order'];
export type OrderDetail = Schemas['OrderDetail'];
export type OrderState = Order['state'];
export type OrderStatus = Order['status'];
export type OrderRequest = Schemas['OrderRequest'];
export type OrderEvidence = Schemas['Evidence'];
export type Candidate = Schemas['Candidate'];
export type OrderDecision = Schemas['Decision'];

export type Backtest = Schemas['Backtest'];
export type BacktestDetail = Schemas['BacktestDetail'];
export type BacktestRequest = Schemas['BacktestRequest'];
export type BacktestTrade = Schemas['BacktestTrade'];
export type PerformanceReport = Schemas['PerformanceReport'];
export type Drawdown = Schemas['Drawdown'];
export type RollingWindow = Schemas['RollingWindow'];
export type RoundTrip = Schemas['BacktestRoundTrip'];
export type Check = Schemas['RobustnessCheck'];
export type CheckOutcome = Schemas['CheckOutcome'];
export type FillSettings = Schemas['Fill'];
export type Universe = Schemas['Universe'];
export type UniverseMarket = Schemas['Market'];
export type RankedBy = Schemas['RankBy'];
export type Rebalance = Schemas['Rebalance'];

export type Sweep = Schemas['Sweep'];
export type SweepDetail = Schemas['SweepDetail'];
export type SweepRequest = Schemas['SweepRequest'];
export type AxisRequest = Schemas['SweepAxis'];
export type SearchKind = Schemas['SearchKind'];
export type WalkForwardRequest = Schemas['SweepWalkForward'];
export type Trial = Schemas['Trial'];
export type Stability = Schemas['TrialStability'];
export type Fold = Schemas['WalkForwardFold'];
/** Parameters by name, as every answer has them. */
export type ParameterMap = Trial['parameters'];

export type Instrument = Schemas['Instrument'];
/** What the rules of trading tell apart; funds and rights are no such kind. */
export type TradedKind = Schemas['InstrumentKind'];
export type IssueState = Schemas['IssueState'];
export type Bar = Schemas['Bar'];
export type Candles = Schemas['Candles'];
export type Interval = Schemas['Interval'];
export type Prices = Schemas['PriceChoice'];
export type Quote = Schemas['Quote'];
export type Brake = Schemas['Brake'];
export type OrderBook = Schemas['OrderBook'];
export type RecentTrade = Schemas['RecentTrade'];
export type RankedIssue = Schemas['RankedIssue'];
export type MarketStatus = Schemas['MarketStatus'];

export type Import = Schemas['Import'];
export type ImportKind = Schemas['ImportKind'];
/** What a file can hold; the calendar is told by a broker only. */
export type FileKind = Exclude<ImportKind, 'sessions'>;
export type QuarantinedRow = Schemas['QuarantinedRow'];
export type Coverage = Schemas['Coverage'];
export type CoverageCell = Schemas['CoverageCell'];
export type CoverageDetail = Schemas['CoverageDetail'];
export type Backfill = Schemas['Backfill'];
export type BackfillRequest = Schemas['BackfillRequest'];
export type CorporateAction = Schemas['CorporateAction'];
export type NewAction = Schemas['NewAction'];

export type CommissionPlan = Schemas['CommissionPlan'];
export type CommissionTerms = Schemas['CommissionTerms'];
export type RoundingUnit = Schemas['RoundingUnit'];
export type RoundingMode = Schemas['RoundingMode'];
export type SessionDay = Schemas['SessionDay'];
export type SessionPhase = Schemas['SessionPhase'];

export type System = Schemas['System'];
export type Job = Schemas['Job'];
export type JobStatus = Job['status'];

/** What the stream says, as the server describes it; narrowed by `event`. */
export type StreamEvent = Schemas['StreamEvent'];
export type ServerMessage = Schemas['ServerMessage'];

/** Every list endpoint answers in this envelope. */
export interface Page<T> {
  items: T[];
  page: number;
  page_size: number;
  total: number;
}

export interface PageQuery {
  page?: number;
  page_size?: number;
}
