import { describe, expect, it } from 'vitest';
import { HEIGHT, sparklinePath } from './sparkline-path';

describe('sparklinePath', () => {
  it('spans its room from the lowest to the highest value, nought included', () => {
    expect(sparklinePath([0, 0.1, -0.1])).toEqual({ line: 'M0 18L60 2L120 34', area: 'M0 18L60 2L120 34L120 18L0 18Z', zero: 18 });
    expect(sparklinePath([0, 0.2, 0.4])?.zero).toBe(34);
    expect(sparklinePath([0, -0.2])?.zero).toBe(2);
  });
  it('is a line in the middle for a curve that never moves', () => {
    expect(sparklinePath([0, 0])).toMatchObject({ zero: HEIGHT / 2 });
  });
  it('is nothing for less than a line', () => {
    expect([sparklinePath([]), sparklinePath([0.1]), sparklinePath([0, NaN])]).toEqual([null, null, null]);
  });
});
