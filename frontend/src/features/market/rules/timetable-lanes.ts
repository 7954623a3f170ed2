import type { SessionPhase } from '@/lib/api/types';

/** Minutes after midnight of `HH:MM` or `HH:MM:SS`. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return hours * 60 + minutes + seconds / 60;
}

/** From the first order to the last trade. */
export function spanOf(phase: SessionPhase): { from: number; to: number } {
  return {
    from: Math.min(minutesOf(phase.orders_from), minutesOf(phase.trades_from)),
    to: Math.max(minutesOf(phase.orders_to), minutesOf(phase.trades_to)),
  };
}

/** Phases that overlap stand below each other: each goes into the first lane that is free. */
export function lanesOf(phases: SessionPhase[]): SessionPhase[][] {
  const lanes: SessionPhase[][] = [];
  const byTime = phases.toSorted((a, b) => spanOf(a).from - spanOf(b).from);
  for (const phase of byTime) {
    const free = lanes.find((lane) => {
      const last = lane.at(-1);
      return last === undefined || spanOf(last).to <= spanOf(phase).from;
    });
    if (free) free.push(phase);
    else lanes.push([phase]);
  }
  return lanes;
}

/** The whole hours around all phases, as minutes after midnight. */
export function hoursAround(phases: SessionPhase[]): { from: number; to: number } {
  const spans = phases.map(spanOf);
  const from = Math.min(...spans.map((span) => span.from));
  const to = Math.max(...spans.map((span) => span.to));
  return { from: Math.floor(from / 60) * 60, to: Math.ceil(to / 60) * 60 };
}
