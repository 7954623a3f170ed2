import { http, unwrap } from './client';
import type { CommissionPlan, Instrument, Side, TradedKind } from './types';

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
  price: (query: PriceQuestion) =>
    unwrap(http.GET('/api/v1/market/rules/price', { params: { query } })),
  costs: (query: CostQuestion) =>
    unwrap(http.GET('/api/v1/market/rules/costs', { params: { query } })),
  session: (date: string) =>
    unwrap(http.GET('/api/v1/market/rules/session', { params: { query: { date } } })),
};
