import { describe, expect, it } from 'vitest';
import { differing, standingOf } from './standing';

const tally = (count: number, amount: number) => ({ count, amount });

describe('standingOf', () => {
  it('judges a day only when it is closed', () => {
    expect(standingOf({ holds: false, closed_at: null })).toBe('open');
    expect(standingOf({ holds: true, closed_at: null })).toBe('open');
    expect(standingOf({ holds: true, closed_at: '2026-11-20T15:46:00+09:00' })).toBe('holds');
    expect(standingOf({ holds: false, closed_at: '2026-11-20T15:46:00+09:00' })).toBe('differs');
  });
});

describe('differing', () => {
  it('names nothing while all agree', () => {
    expect(differing({ sent: tally(2, 10), found: tally(2, 10), booked: tally(2, 10) })).toEqual([]);
  });

  it('names the step at which a count or an amount is lost', () => {
    expect(differing({ sent: tally(2, 10), found: tally(1, 10), booked: tally(1, 10) })).toEqual(['found']);
    expect(differing({ sent: tally(2, 10), found: tally(2, 10), booked: tally(2, 9) })).toEqual(['booked']);
    expect(differing({ sent: tally(2, 10), found: tally(3, 12), booked: tally(2, 10) })).toEqual(['found', 'booked']);
  });
});
