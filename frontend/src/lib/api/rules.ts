import {
  ask,
  type CommissionPlan,
  type Instrument,
  type PriceRule,
  type SessionDay,
  type TradeCosts,
} from './contract';
import type { Side } from './types';

interface IssueOnDay {
  market: Instrument['market'];
  kind: Instrument['kind'];
  date: string;
}

export interface PriceQuestion extends IssueOnDay {
  base_price: number;
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
