import type { Order, OrderState } from '@/lib/api/types';

/** The broker is known to hold it open: its rest can be cancelled. */
export function isOpenAtBroker(state: OrderState): boolean {
  return state === 'acked' || state === 'partial';
}

/** It may or may not be at the broker. */
export function isInDoubt(state: OrderState): boolean {
  return state === 'unknown' || state === 'ambiguous';
}

/** Where a person decides what became of an order. */
export function doubtHref({ id }: Pick<Order, 'id'>): string {
  return `/orders/doubt/?id=${id}`;
}
