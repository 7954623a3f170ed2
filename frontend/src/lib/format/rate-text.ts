import type { Format } from './format';

/** Rates are as fine as 0.0140527 %. */
const RATE_DIGITS = 7;

/** A rate of the rule book in percent, without idle zeros. */
export function rateText(format: Format, rate: number): string {
  return format.percent(rate, { digits: RATE_DIGITS }).replace(/\.?0+%$/, '%');
}
