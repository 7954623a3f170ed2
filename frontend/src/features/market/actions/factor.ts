import type { Format } from '@/lib/format/format';

export interface Factor {
  numerator: number;
  denominator: number;
}

/** By how much an action changes the price: `1/50 (×0.02)`. */
export function factorText({ numerator, denominator }: Factor, format: Format): string {
  const digits = numerator >= denominator ? 2 : 4;
  const parts = `${format.integer(numerator)}/${format.integer(denominator)}`;
  return `${parts} (×${format.number(numerator / denominator, digits)})`;
}

/** What a price before the action becomes, to the nearest won with halves up. */
export function adjusted(price: number, { numerator, denominator }: Factor): number {
  return Math.floor((price * numerator * 2 + denominator) / (denominator * 2));
}
