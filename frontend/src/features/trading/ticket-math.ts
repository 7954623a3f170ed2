import type { OrderBook, OrderRequest } from '@/lib/api/types';

/** The gap between neighbouring prices of the book, which is the tick; 1 when it is too thin. */
export function tickOf(book: OrderBook | undefined): number {
  const prices = [...(book?.asks ?? []), ...(book?.bids ?? [])]
    .map((level) => level.price)
    .sort((a, b) => a - b);
  const gaps = prices.slice(1).map((price, index) => price - (prices[index] ?? price));
  const steps = gaps.filter((gap) => gap > 0);
  return steps.length > 0 ? Math.min(...steps) : 1;
}

/** The price moved by whole ticks onto the grid, never below one tick. */
export function stepPrice(price: number, steps: number, tick: number): number {
  const onGrid = Math.round(price / tick) * tick;
  return Math.max(tick, onGrid + steps * tick);
}

export interface Capacity {
  side: OrderRequest['side'];
  /** What one share is reckoned at. */
  price: number;
  buyingPower: number;
  sellable: number;
}

/** What the server holds back of a buy: 0.5 % of margin, and commission with room to spare, in basis points. */
const HELD_BACK_BP = 52;

/** How many whole shares the cash allows at most; the limits on one order are left to the server's check. */
export function mostShares({ side, price, buyingPower, sellable }: Capacity): number {
  if (side === 'sell') return sellable;
  if (price <= 0) return 0;
  return Math.max(0, Math.floor((buyingPower * 10_000) / (price * (10_000 + HELD_BACK_BP))));
}

/** A share of the most, rounded down to whole shares. */
export function partOf(most: number, percent: number): number {
  return Math.floor((most * percent) / 100);
}
