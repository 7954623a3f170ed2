import { describe, expect, it } from 'vitest';
import { make } from '@/lib/testing/data';
import { timelineOf } from './timeline';

const decision = (at: string) => ({ id: 1, outcome: 'approved', code: null, inputs: {}, decided_at: at });
const event = (name: string, at: string) => ({ from: null, to: 'created' as const, event: name, detail: '', at });

describe('timelineOf', () => {
  const steps = timelineOf({
    decisions: [decision('2026-11-20T10:00:00.000+09:00')],
    events: [
      event('created', '2026-11-20T10:00:00.000+09:00'),
      event('claimed', '2026-11-20T10:00:00.040+09:00'),
      event('row_read', '2026-11-20T10:00:05.000+09:00'),
    ],
    attempts: [
      {
        n: 1,
        cancel_id: null,
        claimed_at: '2026-11-20T10:00:00.040+09:00',
        sent_at: null,
        answered_at: null,
        wrote_bytes: null,
        proof: null,
        answer_class: 'u',
      },
    ],
    cancels: [],
    trades: [make.trade({ executed_at: '2026-11-20T10:00:04.500+09:00' })],
  });

  it('tells the decision before the order that was written down at the same instant', () => {
    expect(steps.slice(0, 2).map(({ kind }) => kind)).toEqual(['decision', 'event']);
  });

  it('puts a request of which nobody knows when it left behind its claim, and fills among the events', () => {
    expect(steps.map((step) => (step.kind === 'event' ? step.event.event : step.kind))).toEqual([
      'decision',
      'created',
      'claimed',
      'attempt',
      'fill',
      'row_read',
    ]);
  });

  it('counts the time since the step before', () => {
    expect(steps.map(({ sinceBefore }) => sinceBefore)).toEqual([null, 0, 40, 0, 4_460, 500]);
  });
});
