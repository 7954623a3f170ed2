import { http, unwrap } from './client';
import type { CommissionPlan, CommissionTerms, Instrument, Side, TradedKind } from './types';

/** The price lists of the broker. */
export const PLANS: CommissionPlan[] = ['bankis', 'kis_paper', 'fee_waiver'];

interface IssueOnDay {
  market: Instrument['market'];
  kind: TradedKind;
  /** Today if left out. */
  date?: string;
}

export interface PriceQuestion extends IssueOnDay {
  base_price: number;
  /** Of an ETF or ETN, in hundredths: 200 for 2X. */
  multiple: number;
  first_session: boolean;
  liquidation: boolean;
}

/** Terms as a query string carries them: what is not said is left out. */
export type AskedTerms = { [K in keyof CommissionTerms]?: NonNullable<CommissionTerms[K]> };

export interface CostQuestion extends IssueOnDay, AskedTerms {
  side: Side;
  price: number;
  quantity: number;
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
