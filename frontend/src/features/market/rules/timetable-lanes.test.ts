import { describe, expect, it } from 'vitest';
import type { SessionPhase } from '@/lib/api/types';
import { hoursAround, lanesOf, minutesOf, spanOf } from './timetable-lanes';

const phase = (name: SessionPhase['phase'], orders: [string, string], trades = orders): SessionPhase => ({
  row: name,
  phase: name,
  orders_from: orders[0],
  orders_to: orders[1],
  trades_from: trades[0],
  trades_to: trades[1],
  matching: 'continuous',
  auction_minutes: null,
  random_end_seconds: 0,
  valid_from: null,
  source: '',
  confirmed: true,
});

const opening = phase('opening_auction', ['08:30:00', '09:00:00'], ['09:00:00', '09:00:00']);
const preHours = phase('pre_hours_close', ['08:30:00', '08:40:00']);
const continuous = phase('continuous', ['09:00:00', '15:20:00']);

describe('minutesOf', () => {
  it('counts seconds as parts of a minute', () => {
    expect(minutesOf('09:00:30')).toBe(540.5);
    expect(minutesOf('15:20')).toBe(920);
  });
});

describe('spanOf', () => {
  it('reaches from the first order to the last trade', () => {
    expect(spanOf(opening)).toEqual({ from: 510, to: 540 });
  });
});

describe('lanesOf', () => {
  it('puts phases that follow each other into one lane, also where one begins as the other ends', () => {
    expect(lanesOf([continuous, opening])).toEqual([[opening, continuous]]);
  });
  it('puts phases that overlap below each other', () => {
    expect(lanesOf([opening, preHours, continuous])).toEqual([[opening, continuous], [preHours]]);
  });
});

describe('hoursAround', () => {
  it('begins and ends on the hour', () => {
    expect(hoursAround([opening, continuous])).toEqual({ from: 480, to: 960 });
  });
});
