import { describe, expect, it } from 'vitest';
import type { DocumentLine, StrategyVersion } from '@/lib/api/types';
import { isGap, pairsOf } from './line-pairs';
import { changesBetween, listChange, spread } from './version-changes';

const version = (part: Partial<StrategyVersion>): StrategyVersion => ({
  number: 1,
  name: '모멘텀',
  description: '',
  strategy_type: 'momentum',
  parameters: { lookback: 60 },
  symbols: ['005930'],
  created_at: '2026-11-23T10:00:00+09:00',
  restored_from: null,
  is_active: false,
  changes: 0,
  ...part,
});

describe('changesBetween', () => {
  it('names what is different and nothing else', () => {
    const after = version({ parameters: { lookback: 40, sizing: 'equal_weight' }, symbols: ['005930', '000660'] });
    expect(changesBetween(version({}), after)).toEqual({
      fields: [
        { field: 'symbols', before: ['005930'], after: ['005930', '000660'] },
        { field: 'parameters.lookback', before: 60, after: 40 },
        { field: 'parameters.sizing', before: null, after: 'equal_weight' },
      ],
      document: false,
    });
    expect(changesBetween(version({}), version({}))).toEqual({ fields: [], document: false });
  });
  it('tells a document apart, and the values of its parameters one by one', () => {
    const before = version({ parameters: { document: 'a', overrides: { fast: 5, slow: 20 } } });
    const after = version({ parameters: { document: 'b', overrides: { fast: 5, slow: 60 } } });
    expect(changesBetween(before, after)).toEqual({ fields: [{ field: 'parameters.overrides.slow', before: 20, after: 60 }], document: true });
    expect(spread({ field: 'x', before: null, after: { a: 1 } })).toEqual([{ field: 'x.a', before: null, after: 1 }]);
  });
});

it('a list says what came and what left', () => {
  expect(listChange(['a', 'b'], ['b', 'c'])).toEqual({ added: ['c'], removed: ['a'] });
  expect(listChange(null, ['c'])).toEqual({ added: ['c'], removed: [] });
});

describe('lines of a document', () => {
  const line = (kind: DocumentLine['kind'], before_line: number | null, after_line: number | null): DocumentLine => ({ kind, before_line, after_line, text: `${kind}` });
  const lines = [line('same', 4, 4), line('removed', 5, null), line('removed', 6, null), line('added', null, 5), line('same', 7, 6), line('same', 20, 19)];

  it('stand beside what took their place', () => {
    expect(pairsOf(lines).map(({ before, after }) => [before?.before_line ?? null, after?.after_line ?? null])).toEqual([
      [4, 4],
      [5, 5],
      [6, null],
      [7, 6],
      [20, 19],
    ]);
  });
  it('have gaps where lines were left out', () => {
    expect(lines.map((entry, place) => isGap(lines[place - 1], entry))).toEqual([true, false, false, false, false, true]);
    expect(isGap(undefined, line('same', 1, 1))).toBe(false);
  });
});
