import { describe, expect, it } from 'vitest';
import { choiceParameter, numberParameter } from '@/lib/testing/parameters';
import { keyParameters } from './key-parameters';

const KNOWN = [
  numberParameter('overrides.fast', { group: 'document', default: 5 }),
  numberParameter('overrides.slow', { group: 'document', default: 20 }),
  ...['interval', 'lookback', 'entry', 'exit'].map((name) => numberParameter(name, { group: 'signal' })),
  numberParameter('size', { group: 'sizing' }),
  numberParameter('stop', { group: 'exits', off: 0 }),
  numberParameter('target', { group: 'exits', off: 0 }),
  choiceParameter('check', ['close', 'intraday'], { group: 'exits' }),
];

describe('keyParameters', () => {
  const values = { overrides: { fast: 5, slow: 60 }, interval: 1, lookback: 2, entry: 3, exit: 4, size: 10, stop: 5, target: 0, check: 'close' };
  it('are the first that decide, what a document has another value for, and the exits that are on', () => {
    expect(keyParameters(KNOWN, values).map(([{ name }, value]) => [name, value])).toEqual([
      ['interval', 1],
      ['lookback', 2],
      ['entry', 3],
      ['overrides.slow', 60],
      ['stop', 5],
    ]);
  });
  it('are the factors that weigh, and how many issues are held', () => {
    const known = [numberParameter('value', { group: 'factors' }), numberParameter('size', { group: 'factors' }), numberParameter('hold', { group: 'ranking' })];
    expect(keyParameters(known, { value: 0, size: 50, hold: 10 }).map(([{ name }]) => name)).toEqual(['size', 'hold']);
  });
  it('are none of what is not known', () => {
    expect(keyParameters([], values)).toEqual([]);
    expect(keyParameters(KNOWN, {})).toEqual([]);
  });
});
