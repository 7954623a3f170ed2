import { describe, expect, it } from 'vitest';
import { isRaise, parseLimit, typedLimit, usedShare } from './limit-value';

describe('parseLimit', () => {
  it('takes won with and without commas', () => {
    expect(parseLimit('1,000,000', 'won')).toBe(1_000_000);
    expect(parseLimit(' 20000000 ', 'won')).toBe(20_000_000);
  });

  it('moves the digits of per cent and seconds and never rounds', () => {
    expect(parseLimit('2.35', 'basis_points')).toBe(235);
    expect(parseLimit('0.3', 'basis_points')).toBe(30);
    expect(parseLimit('20.00', 'basis_points')).toBe(2_000);
    expect(parseLimit('1.5', 'milliseconds')).toBe(1_500);
  });

  it('says what is wrong', () => {
    expect(parseLimit('', 'won')).toBe('number');
    expect(parseLimit('1억', 'won')).toBe('number');
    expect(parseLimit('5%', 'basis_points')).toBe('number');
    expect(parseLimit('-1', 'count')).toBe('negative');
    expect(parseLimit('1.5', 'count')).toBe('fraction');
    expect(parseLimit('2.345', 'basis_points')).toBe('fraction');
  });

  it('reads back whatever it would show', () => {
    for (const unit of ['won', 'basis_points', 'milliseconds', 'seconds', 'times', 'count', 'shares'] as const) {
      for (const value of [0, 1, 5, 30, 300, 2_000, 1_500, 1_000_000, 50_000_000]) {
        expect(parseLimit(typedLimit(value, unit), unit), `${value} ${unit}`).toBe(value);
      }
    }
  });
});

it('typedLimit groups thousands and drops empty fractions', () => {
  expect(typedLimit(1_000_000, 'won')).toBe('1,000,000');
  expect(typedLimit(2_000, 'basis_points')).toBe('20');
  expect(typedLimit(235, 'basis_points')).toBe('2.35');
  expect(typedLimit(500, 'milliseconds')).toBe('0.5');
});

it('isRaise is what lets more pass', () => {
  expect(isRaise('max_order_notional', 1, 2)).toBe(true);
  expect(isRaise('max_order_notional', 2, 1)).toBe(false);
  expect(isRaise('duplicate_window', 60, 30)).toBe(true);
  expect(isRaise('duplicate_window', 60, 90)).toBe(false);
});

it('usedShare tells a forbidden thing that happened from one that did not', () => {
  expect(usedShare(null, 10)).toBeNull();
  expect(usedShare(5, 10)).toBe(0.5);
  expect(usedShare(12, 10)).toBe(1.2);
  expect(usedShare(0, 0)).toBe(0);
  expect(usedShare(1, 0)).toBe(1);
});
