import type { AskedTerms } from '@/lib/api/rules';
import type { CommissionPlan, CommissionTerms, RoundingMode, RoundingUnit } from '@/lib/api/types';

/** A price list of the broker, or terms of one's own. */
export type PlanChoice = CommissionPlan | 'own';

export interface TermsValues {
  plan: PlanChoice;
  /** In percent, as one types it. */
  rate_ppb: string;
  minimum: number;
  unit: RoundingUnit;
  mode: RoundingMode;
}

/** The server counts in parts per billion, so a percentage has at most seven decimals. */
const PERCENT = /^(\d{1,3})(?:\.(\d{1,7}))?$/;
const PPB_DIGITS = 7;
export const MAX_RATE_PPB = 1_000_000_000;
export const MAX_MINIMUM = 1_000_000;

/** Parts per billion of a percentage, digit by digit; null if it is none or more than all. */
export function ppbOfPercent(text: string): number | null {
  const match = PERCENT.exec(text.trim());
  if (!match) return null;
  const ppb = Number(`${match[1]}${(match[2] ?? '').padEnd(PPB_DIGITS, '0')}`);
  return ppb <= MAX_RATE_PPB ? ppb : null;
}

/** The percentage of parts per billion, without idle zeros. */
export function percentOfPpb(ppb: number): string {
  const digits = String(ppb).padStart(PPB_DIGITS + 1, '0');
  return `${digits.slice(0, -PPB_DIGITS)}.${digits.slice(-PPB_DIGITS)}`.replace(/\.?0+$/, '');
}

export function valuesOf(terms: CommissionTerms): TermsValues {
  return {
    plan: terms.plan ?? 'own',
    rate_ppb: percentOfPpb(terms.rate_ppb ?? 0),
    minimum: terms.minimum ?? 0,
    unit: terms.unit ?? '1',
    mode: terms.mode ?? 'floor',
  };
}

/** What the server is told; null while the rate or the minimum cannot be read. */
export function termsOf({ plan, rate_ppb, minimum, unit, mode }: TermsValues): AskedTerms | null {
  if (plan !== 'own') return { plan };
  const ppb = ppbOfPercent(rate_ppb);
  const isPayable = minimum >= 0 && minimum <= MAX_MINIMUM;
  return ppb === null || !isPayable ? null : { rate_ppb: ppb, minimum, unit, mode };
}
