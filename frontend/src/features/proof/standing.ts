import type { ProvenDay } from '@/lib/api/types';

/** How a day stands: proven, still open, or wrong. */
export type DayStanding = 'holds' | 'open' | 'differs';

/** A day whose counts differ is only wrong once it is closed: while it is open a list may lag behind. */
export function standingOf(day: Pick<ProvenDay, 'holds' | 'closed_at'>): DayStanding {
  if (day.closed_at === null) return 'open';
  return day.holds ? 'holds' : 'differs';
}

/** Which of the three counts stand alone: those that differ from the one beside them. */
export function differing({ sent, found, booked }: Pick<ProvenDay, 'sent' | 'found' | 'booked'>): ('found' | 'booked')[] {
  const equal = (a: ProvenDay['sent'], b: ProvenDay['sent']) => a.count === b.count && a.amount === b.amount;
  const parts: ('found' | 'booked')[] = [];
  if (!equal(sent, found)) parts.push('found');
  if (!equal(found, booked)) parts.push('booked');
  return parts;
}
