import { describe, expect, it } from 'vitest';
import { prefillHref, readPrefill } from './prefill';

function roundTrip(href: string) {
  const query = new URLSearchParams(href.split('?')[1]);
  return readPrefill((key) => query.get(key) ?? undefined);
}

describe('what one form hands to another', () => {
  it('arrives as it left', () => {
    const given = { type: 'momentum', name: '내 전략', parameters: { lookback: 20, interval: '1d', overrides: { fast: 5 } }, symbols: ['005930', '00I010'], start: '2024-01-02', end: '2024-12-30', capital: 5_000_000, sweep: 3 };
    expect(roundTrip(prefillHref('/backtest/', given))).toEqual(given);
  });
  it('is not taken from an address that says nonsense', () => {
    expect(roundTrip('/?parameters={&symbols=<b>,005930&start=soon&capital=-1')).toEqual({ symbols: ['005930'] });
    expect(roundTrip('/?parameters=[1]').parameters).toBeUndefined();
    expect(roundTrip('/?parameters={"a":{},"b":1}').parameters).toEqual({ b: 1 });
  });
});
