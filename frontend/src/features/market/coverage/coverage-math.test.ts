import { describe, expect, it } from 'vitest';
import { axisOf, groupsOf, levelOf, ratioOf } from './coverage-math';

const cell = (period: string, stored: number, missing: number) => ({
  period,
  expected: stored + missing,
  stored,
  missing,
});

describe('levelOf', () => {
  it('tells whole, nearly whole, partial, empty and not traded apart', () => {
    expect(levelOf(cell('2024-03', 20, 0))).toBe('full');
    expect(levelOf(cell('2024-03', 19, 1))).toBe('most');
    expect(levelOf(cell('2024-03', 17, 3))).toBe('part');
    expect(levelOf(cell('2024-03', 0, 20))).toBe('none');
    expect(levelOf(cell('2024-03', 0, 0))).toBe('off');
    expect(levelOf(undefined)).toBe('off');
  });
  it('never calls a period with a gap whole, however small the gap', () => {
    expect(levelOf(cell('2024-03-04', 380, 1))).toBe('most');
  });
  it('does not miss what the feed is known not to have', () => {
    expect(levelOf({ period: '2024-03', expected: 20, stored: 18, missing: 0 })).toBe('full');
    expect(levelOf({ period: '2024-03', expected: 20, stored: 0, missing: 0 })).toBe('off');
  });
});

describe('axisOf', () => {
  it('joins the periods of all rows and drops empty ends, not empty middles', () => {
    const rows = [
      { cells: [cell('2024-01', 0, 0), cell('2024-02', 3, 0), cell('2024-03', 0, 0)] },
      { cells: [cell('2024-04', 0, 1), cell('2024-05', 0, 0)] },
    ];
    expect(axisOf(rows)).toEqual(['2024-02', '2024-03', '2024-04']);
  });
  it('is empty when nothing is expected anywhere', () => {
    expect(axisOf([{ cells: [cell('2024-01', 0, 0)] }])).toEqual([]);
  });
});

describe('groupsOf', () => {
  it('puts years over months and months over days', () => {
    expect(groupsOf(['2023-12', '2024-01', '2024-02'])).toEqual([
      { name: '2023', count: 1 },
      { name: '2024', count: 2 },
    ]);
    expect(groupsOf(['2024-01-30', '2024-01-31', '2024-02-01'])).toEqual([
      { name: '2024-01', count: 2 },
      { name: '2024-02', count: 1 },
    ]);
  });
});

describe('ratioOf', () => {
  it('counts what is missing, not what was never traded', () => {
    expect(ratioOf({ stored: 0, missing: 0 })).toBe(1);
    expect(ratioOf({ stored: 3, missing: 1 })).toBe(0.75);
  });
  it('is not whole while one bar of a million is missing', () => {
    expect(ratioOf({ stored: 999_999, missing: 1 })).toBe(0.999);
  });
});
