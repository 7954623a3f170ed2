import { describe, expect, it } from 'vitest';
import { compareHref, readIds, toggled } from './compare-ids';

describe('the runs in an address', () => {
  it('are read each once, five at most', () => {
    expect(readIds('3,1,3,2')).toEqual([3, 1, 2]);
    expect(readIds('1,2,3,4,5,6')).toEqual([1, 2, 3, 4, 5]);
    expect(readIds('x,-1,0,1.5,,7')).toEqual([7]);
    expect(readIds(undefined)).toEqual([]);
    expect(readIds(compareHref([4, 2]).split('=')[1])).toEqual([4, 2]);
  });
  it('come and go one by one, and a sixth is refused', () => {
    expect(toggled([1, 2], 2)).toEqual([1]);
    expect(toggled([1], 2)).toEqual([1, 2]);
    expect(toggled([1, 2, 3, 4, 5], 6)).toEqual([1, 2, 3, 4, 5]);
    expect(toggled([1, 2, 3, 4, 5], 5)).toEqual([1, 2, 3, 4]);
  });
});
