import { describe, expect, it } from 'vitest';
import { percentOfPpb, ppbOfPercent, termsOf, valuesOf } from './terms';

describe('a rate in percent', () => {
  it.each([
    ['0.0140527', 140_527],
    ['0.015', 150_000],
    ['0', 0],
    ['1', 10_000_000],
    ['100', 1_000_000_000],
  ])('%s is %i parts per billion and back', (percent, ppb) => {
    expect(ppbOfPercent(percent)).toBe(ppb);
    expect(percentOfPpb(ppb)).toBe(percent);
  });

  it.each(['', '-1', '1,5', '.5', '0.00000001', '100.1', '1e2', 'a'])('%s is none', (text) => {
    expect(ppbOfPercent(text)).toBeNull();
  });
});

describe('terms', () => {
  it('of a plan name the plan alone, whatever stood in the other fields', () => {
    expect(termsOf({ ...valuesOf({ rate_ppb: 5, minimum: 7 }), plan: 'kis_paper' })).toEqual({
      plan: 'kis_paper',
    });
  });

  it('of one’s own come back as they went', () => {
    const own = { rate_ppb: 150_000, minimum: 100, unit: '10', mode: 'nearest' } as const;
    expect(termsOf(valuesOf(own))).toEqual(own);
  });

  it('are not sent while a field cannot be read', () => {
    const own = valuesOf({ rate_ppb: 150_000 });
    expect(termsOf({ ...own, rate_ppb: 'x' })).toBeNull();
    expect(termsOf({ ...own, minimum: NaN })).toBeNull();
    expect(termsOf({ ...own, minimum: 1_000_001 })).toBeNull();
  });
});
