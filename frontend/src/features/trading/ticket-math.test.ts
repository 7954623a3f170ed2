import { describe, expect, it } from 'vitest';
import { mostShares, partOf, stepPrice, tickOf } from './ticket-math';

const level = (price: number) => ({ price, quantity: 1 });
const book = (asks: number[], bids: number[]) => ({
  symbol: 'A',
  asks: asks.map(level),
  bids: bids.map(level),
  timestamp: '',
  is_demo: true,
});

describe('tickOf', () => {
  it('is the smallest gap of the book', () => {
    expect(tickOf(book([50_100, 50_200], [50_000, 49_950]))).toBe(50);
  });
  it('is one won when the book tells nothing', () => {
    expect(tickOf(undefined)).toBe(1);
    expect(tickOf(book([100], []))).toBe(1);
  });
});

describe('stepPrice', () => {
  it('moves by ticks along the grid', () => {
    expect(stepPrice(50_000, 1, 100)).toBe(50_100);
    expect(stepPrice(50_049, 0, 100)).toBe(50_000);
    expect(stepPrice(100, -5, 100)).toBe(100);
  });
});

describe('mostShares', () => {
  const capacity = { side: 'buy' as const, price: 30_000, buyingPower: 100_000, sellable: 7 };
  it('buys whole shares for what there is', () => {
    expect(mostShares(capacity)).toBe(3);
    expect(mostShares({ ...capacity, price: 0 })).toBe(0);
  });
  it('leaves room for costs, or the order would be refused', () => {
    expect(mostShares({ ...capacity, buyingPower: 300_000 })).toBe(9);
    expect(mostShares({ ...capacity, buyingPower: 301_560 })).toBe(10);
  });
  it('sells what is sellable', () => {
    expect(mostShares({ ...capacity, side: 'sell' })).toBe(7);
    expect(partOf(7, 50)).toBe(3);
  });
});
