import type { RiskUnit } from '@/lib/risk/units';

/** How many of the unit that people type make one of the unit that is stored. */
const TYPED: Record<RiskUnit, { scale: number; digits: number }> = {
  won: { scale: 1, digits: 0 },
  shares: { scale: 1, digits: 0 },
  // Hundredths of a percent are typed as per cent.
  basis_points: { scale: 100, digits: 2 },
  times: { scale: 1, digits: 0 },
  count: { scale: 1, digits: 0 },
  // Thousandths of a second are typed as seconds.
  milliseconds: { scale: 1_000, digits: 3 },
  seconds: { scale: 1, digits: 0 },
};

/** What is wrong with a typed value: no number, a fraction too fine for its unit, or a sign. */
export type Fault = 'number' | 'negative' | 'fraction';

/**
 * A value as people type it, in its stored unit. No float takes part: the digits are moved, so `2.35` per cent are
 * exactly 235 basis points.
 */
export function parseLimit(text: string, unit: RiskUnit): number | Fault {
  const match = /^(-?)(\d{1,12})(?:\.(\d+))?$/.exec(text.trim().replaceAll(',', ''));
  if (!match) return 'number';
  const [, minus, whole = '', fraction = ''] = match;
  if (minus) return 'negative';
  const places = String(TYPED[unit].scale).length - 1;
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > Math.min(places, TYPED[unit].digits)) return 'fraction';
  return Number(whole + kept.padEnd(places, '0'));
}

/** A stored value as people would type it. */
export function typedLimit(value: number, unit: RiskUnit): string {
  const { scale } = TYPED[unit];
  const places = String(scale).length - 1;
  const digits = String(value).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return places > 0 && fraction !== '' ? `${whole}.${fraction}` : whole;
}

/** True if the change lets more pass, which takes a password and ten minutes. A longer window is stricter. */
export function isRaise(name: string, from: number, to: number): boolean {
  return name === 'duplicate_window' ? to < from : to > from;
}

/** How much of a limit is used, from 0 to 1 and beyond; null where nothing is counted or nothing is allowed. */
export function usedShare(used: number | null, value: number): number | null {
  if (used === null) return null;
  if (value <= 0) return used > 0 ? 1 : 0;
  return used / value;
}
