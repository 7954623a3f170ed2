import {
  ask,
  type CommissionPlan,
  type Instrument,
  type PriceRule,
  type SessionDay,
  type TradedKind,
  type TradeCosts,
} from './contract';
import type { Side } from './types';

interface IssueOnDay {
  market: Instrument['market'];
  kind: TradedKind;
  date: string;
}

export interface PriceQuestion extends IssueOnDay {
  base_price: number;
  /** Of an ETF or ETN, in hundredths: 200 for 2X. */
  multiple: number;
  first_session: boolean;
  liquidation: boolean;
}

export interface CostQuestion extends IssueOnDay {
  side: Side;
  price: number;
  quantity: number;
  plan: CommissionPlan;
}

/** The rule book of the market, by date. */
export const rules = {
  price: (query: PriceQuestion) => ask<PriceRule>('GET', '/market/rules/price', query),
  costs: (query: CostQuestion) => ask<TradeCosts>('GET', '/market/rules/costs', query),
  session: (date: string) => ask<SessionDay>('GET', '/market/rules/session', { date }),
};
