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

/** How many whole shares can be ordered at most; costs are left to the server's check. */
export function mostShares({ side, price, buyingPower, sellable }: Capacity): number {
  if (side === 'sell') return sellable;
  return price > 0 ? Math.max(0, Math.floor(buyingPower / price)) : 0;
}

/** A share of the most, rounded down to whole shares. */
export function partOf(most: number, percent: number): number {
  return Math.floor((most * percent) / 100);
}
