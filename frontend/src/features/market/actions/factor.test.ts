import { describe, expect, it } from 'vitest';
import { createFormat } from '@/lib/format/format';
import { adjusted, factorText } from './factor';

describe('factorText', () => {
  it('is finer for factors below one', () => {
    const format = createFormat('ko');
    expect(factorText({ numerator: 1, denominator: 50 }, format)).toBe('×0.0200');
    expect(factorText({ numerator: 10, denominator: 1 }, format)).toBe('×10.00');
  });
});

describe('adjusted', () => {
  it('is Samsung Electronics’ 50-for-1 split of 2018', () => {
    expect(adjusted(2_650_000, { numerator: 1, denominator: 50 })).toBe(53_000);
  });
  it('rounds half a won up', () => {
    expect(adjusted(1, { numerator: 1, denominator: 2 })).toBe(1);
    expect(adjusted(1, { numerator: 1, denominator: 3 })).toBe(0);
    expect(adjusted(5, { numerator: 1, denominator: 2 })).toBe(3);
  });
});
