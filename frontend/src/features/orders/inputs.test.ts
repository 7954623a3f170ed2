import { describe, expect, it } from 'vitest';
import { flattenInputs, lastPart } from './inputs';

describe('flattenInputs', () => {
  it('names the parts of a thing after it, in the order they came', () => {
    expect(flattenInputs({ kill: 'active', issue: { symbol: 'D00010', terms: { new: false } }, held: 3 })).toEqual([
      { name: 'kill', value: 'active' },
      { name: 'issue.symbol', value: 'D00010' },
      { name: 'issue.terms.new', value: false },
      { name: 'held', value: 3 },
    ]);
  });

  it('keeps what was not known, and makes a list one text', () => {
    expect(flattenInputs({ equity: null, states: ['halted', 'caution'], none: [] })).toEqual([
      { name: 'equity', value: null },
      { name: 'states', value: 'halted, caution' },
    ]);
  });
});

it('lastPart is what a thing is called by', () => {
  expect(lastPart('issue.terms.new')).toBe('new');
  expect(lastPart('kill')).toBe('kill');
});
