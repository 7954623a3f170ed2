import type { OrderDetail } from '@/lib/api/types';

type Decision = OrderDetail['decisions'][number];
type Event = OrderDetail['events'][number];
type Fill = OrderDetail['trades'][number];
type Attempt = OrderDetail['attempts'][number];
type Cancel = OrderDetail['cancels'][number];

/** One thing that happened to an order. */
export type Step = { at: string; sinceBefore: number | null } & (
  | { kind: 'decision'; decision: Decision }
  | { kind: 'event'; event: Event }
  | { kind: 'attempt'; attempt: Attempt }
  | { kind: 'cancel'; cancel: Cancel }
  | { kind: 'fill'; fill: Fill }
);

type Untimed = Step extends infer S ? (S extends Step ? Omit<S, 'sinceBefore'> : never) : never;

/** What comes first of things that were written down at the same instant. */
const RANK: Record<Step['kind'], number> = { decision: 0, event: 1, cancel: 2, attempt: 3, fill: 4 };

type Story = Pick<OrderDetail, 'decisions' | 'events' | 'attempts' | 'cancels' | 'trades'>;

/** Everything that happened to an order, oldest first, with the milliseconds since the thing before. */
export function timelineOf({ decisions, events, attempts, cancels, trades }: Story): Step[] {
  const steps: Untimed[] = [
    ...decisions.map((decision) => ({ kind: 'decision' as const, at: decision.decided_at, decision })),
    ...events.map((event) => ({ kind: 'event' as const, at: event.at, event })),
    ...attempts.map((attempt) => ({ kind: 'attempt' as const, at: attempt.sent_at ?? attempt.claimed_at, attempt })),
    ...cancels.map((cancel) => ({ kind: 'cancel' as const, at: cancel.created_at, cancel })),
    ...trades.map((fill) => ({ kind: 'fill' as const, at: fill.executed_at, fill })),
  ];
  const time = ({ at }: Untimed) => Date.parse(at);
  steps.sort((a, b) => time(a) - time(b) || RANK[a.kind] - RANK[b.kind]);
  return steps.map((step, index): Step => {
    const before = steps[index - 1];
    return { ...step, sinceBefore: before ? time(step) - time(before) : null } as Step;
  });
}
