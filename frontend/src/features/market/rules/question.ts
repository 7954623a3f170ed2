import type { CommissionPlan, Instrument, Side, TradedKind } from '@/lib/api/types';

/** Days on which an issue has price limits of their own, or none. */
export type Occasion = 'ordinary' | 'first_session' | 'liquidation';

/** One trade of one kind of issue on one day. */
export interface Question {
  date: string;
  market: Instrument['market'];
  kind: TradedKind;
  occasion: Occasion;
  /** Of an ETF or ETN, in hundredths: 200 for 2X. */
  multiple: number;
  price: number;
  quantity: number;
  side: Side;
  plan: CommissionPlan;
}

export const OCCASIONS: Occasion[] = ['ordinary', 'first_session', 'liquidation'];
export const MULTIPLES = [100, 200];
export const SIDES: Side[] = ['buy', 'sell'];
