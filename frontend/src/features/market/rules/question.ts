import type { CommissionPlan, Instrument } from '@/lib/api/contract';
import type { Side } from '@/lib/api/types';

/** One trade of one kind of issue on one day. */
export interface Question {
  date: string;
  market: Instrument['market'];
  kind: Instrument['kind'];
  price: number;
  quantity: number;
  side: Side;
  plan: CommissionPlan;
}

export const SIDES: Side[] = ['buy', 'sell'];
export const PLANS: CommissionPlan[] = ['bankis', 'kis_paper', 'fee_waiver'];
