import { describe, expect, it } from 'vitest';
import { readRules } from '@/features/builder/document/read';
import { pathOf, stepOf } from './places';
import { blankDocument, draftOf, overridesIn } from './start';
import { stepped, type Draft } from './use-draft';

const start: Draft = { name: 'a', symbols: [], document: '', overrides: {} };
const named = (name: string, key: string | null, at: number) => ({ kind: 'change' as const, change: (draft: Draft) => ({ ...draft, name }), key, at });

describe('the past of a draft', () => {
  const fresh = { past: [], now: start, future: [], last: null };
  it('takes quick changes of one thing as one step', () => {
    const typed = [named('ab', 'name', 0), named('abc', 'name', 500), named('abcd', 'name', 5_000), named('x', 'other', 5_001)].reduce(stepped, fresh);
    expect(typed.past.map(({ name }) => name)).toEqual(['a', 'abc', 'abcd']);
  });
  it('goes back and forth, and forgets the future on a change', () => {
    const one = [named('b', null, 0), named('c', null, 1)].reduce(stepped, fresh);
    const back = stepped(one, { kind: 'undo' });
    expect([back.now.name, stepped(back, { kind: 'redo' }).now.name]).toEqual(['b', 'c']);
    expect(stepped(back, named('d', null, 2)).future).toEqual([]);
    expect(stepped(fresh, { kind: 'undo' })).toBe(fresh);
    expect(stepped(fresh, { kind: 'change', change: (draft) => draft, key: null, at: 0 })).toBe(fresh);
  });
});

describe('a path of a finding', () => {
  it('leads to its step', () => {
    const paths = ['strategy.entry.conditions[2].operator', 'strategy.exit', 'strategy.indicators[0]', 'risk.stop_loss', 'strategy.id', 'metadata', 'version', ''];
    expect(paths.map(stepOf)).toEqual(['entry', 'exit', 'indicators', 'risk', 'info', 'info', null, null]);
  });
  it('is taken apart', () => {
    expect(pathOf('strategy.entry.conditions[12].operator')).toEqual(['strategy', 'entry', 'conditions', 12, 'operator']);
  });
});

describe('what the builder starts with', () => {
  it('is a document with the given name and no rule', () => {
    const reading = readRules(blankDocument('새: 전략'));
    expect(reading.ok && [reading.rules.metadata.name, reading.rules.entry, reading.rules.exit.logic]).toEqual(['새: 전략', { logic: 'AND', conditions: [] }, 'OR']);
    expect(draftOf('{', 'file').name).toBe('file');
  });
  it('takes numbers from an address and nothing else', () => {
    expect(overridesIn('{"a": 1, "b": "x"}')).toEqual({ a: 1 });
    expect([overridesIn('nonsense'), overridesIn(undefined)]).toEqual([null, null]);
  });
});
