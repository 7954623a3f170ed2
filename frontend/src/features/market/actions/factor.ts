import type { Format } from '@/lib/format/format';

export interface Factor {
  numerator: number;
  denominator: number;
}

/** By how much an action changes the price: `×0.0200`. */
export function factorText({ numerator, denominator }: Factor, format: Format): string {
  return `×${format.number(numerator / denominator, numerator >= denominator ? 2 : 4)}`;
}

/** What a price before the action becomes, to the nearest won with halves up. */
export function adjusted(price: number, { numerator, denominator }: Factor): number {
  return Math.floor((price * numerator * 2 + denominator) / (denominator * 2));
}
