import { describe, expect, it } from 'vitest';
import { choiceParameter, numberParameter } from '@/lib/testing/parameters';
import { aboutSessions, appliedAxes, axesOf, countCombinations, countFolds, readRule, stepped, suggested, valuesOfAxis, type AxisValues } from './axes';

const lookback = numberParameter('lookback');
const entry = numberParameter('entry', { kind: 'number', minimum: -100, maximum: 100, default: 3 });
const interval = choiceParameter('interval', ['1d', '1m']);
const axis = (part: Partial<AxisValues>): AxisValues => ({ kind: 'fixed', values: '', from: NaN, to: NaN, step: NaN, ...part });

describe('stepped', () => {
  it('includes both ends, without the dust of floating point', () => {
    expect(stepped(10, 50, 20)).toEqual([10, 30, 50]);
    expect(stepped(0.1, 0.5, 0.1)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(stepped(-1, 1, 0.5)).toEqual([-1, -0.5, 0, 0.5, 1]);
  });
  it('is empty where there is nothing to step through', () => {
    expect([stepped(5, 1, 1), stepped(1, 5, 0), stepped(1, 5, -1), stepped(NaN, 5, 1), stepped(0, 1e9, 1)]).toEqual([[], [], [], [], []]);
  });
});

describe('valuesOfAxis', () => {
  it('reads lists and ranges by the kind of the parameter', () => {
    expect(valuesOfAxis(axis({ kind: 'list', values: '10, 20 ,30' }), lookback)).toEqual([10, 20, 30]);
    expect(valuesOfAxis(axis({ kind: 'range', from: 1, to: 3, step: 1 }), lookback)).toEqual([1, 2, 3]);
    expect(valuesOfAxis(axis({ kind: 'list', values: '1d,1m' }), interval)).toEqual(['1d', '1m']);
    expect(valuesOfAxis(axis({}), lookback)).toEqual([]);
  });
  it('refuses what the parameter cannot be', () => {
    for (const values of ['', 'x', '1.5', '0', '501', '1,,a']) {
      expect(valuesOfAxis(axis({ kind: 'list', values }), lookback), values).toBeNull();
    }
    expect(valuesOfAxis(axis({ kind: 'list', values: '2h' }), interval)).toBeNull();
    expect(valuesOfAxis(axis({ kind: 'range', from: 490, to: 510, step: 10 }), lookback)).toBeNull();
  });
});

describe('appliedAxes', () => {
  const sizing = choiceParameter('sizing', ['percent', 'atr']);
  const size = numberParameter('size', { when: { sizing: ['percent'] } });
  const period = numberParameter('period', { when: { sizing: ['atr'] } });
  const namesOf = (part: Partial<AxisValues>) =>
    appliedAxes({ sizing: axis(part) }, [sizing, size, period], { sizing: 'percent' }).map(({ name }) => name);
  it('leaves out what has no effect beside the fixed value', () => {
    expect(namesOf({})).toEqual(['sizing', 'size']);
  });
  it('keeps what has an effect for one of the values tried', () => {
    expect(namesOf({ kind: 'list', values: 'percent, atr' })).toEqual(['sizing', 'size', 'period']);
    expect(namesOf({ kind: 'list', values: 'atr' })).toEqual(['sizing', 'period']);
  });
});

describe('axesOf', () => {
  it('sends what varies and nothing else', () => {
    const axes = { lookback: axis({ kind: 'range', from: 10, to: 30, step: 10 }), entry: axis({}), interval: axis({ kind: 'list', values: '1d' }) };
    expect(axesOf(axes, [lookback, entry, interval])).toEqual({ lookback: { from: 10, to: 30, step: 10 }, interval: { values: ['1d'] } });
  });
});

describe('suggested', () => {
  it('stays within the range of the parameter', () => {
    expect(suggested(lookback, 20)).toMatchObject({ kind: 'fixed', from: 5, to: 35, step: 5 });
    expect(suggested(lookback, 2)).toMatchObject({ from: 1, to: 5, step: 1 });
    expect(valuesOfAxis({ ...suggested(entry, undefined), kind: 'range' }, entry)).not.toBeNull();
  });
  it('follows the range that the author of a document proposes', () => {
    const fast = numberParameter('overrides.fast', { minimum: 2, maximum: 50, step: 4, default: 5 });
    expect(suggested(fast, 6)).toMatchObject({ from: 2, to: 50, step: 4, values: '6' });
  });
});

describe('constraints', () => {
  const names = ['fast', 'slow'];
  it('are read as the server reads them', () => {
    expect(readRule('fast<slow', names)).toEqual({ left: 'fast', relation: '<', right: 'slow' });
    expect(readRule(' slow >= 20 ', names)).toEqual({ left: 'slow', relation: '>=', right: '20' });
    for (const text of ['fast', 'fast < ', 'fast = slow', 'quick < slow', 'a < b < c']) expect(readRule(text, names), text).toBeNull();
  });
  it('leave fewer combinations', () => {
    const axes: [string, number[]][] = [['fast', [5, 10, 20]], ['slow', [10, 20, 40]]];
    expect(countCombinations(axes, {}, [])).toEqual({ count: 9, exact: true });
    expect(countCombinations(axes, {}, ['fast < slow'])).toEqual({ count: 6, exact: true });
    expect(countCombinations([['fast', [5, 10, 20]]], { slow: 10 }, ['fast < slow'])).toEqual({ count: 1, exact: true });
  });
  it('are not counted out where there are far too many combinations', () => {
    const many = Array.from({ length: 1_000 }, (_, value) => value);
    expect(countCombinations([['fast', many], ['slow', many]], {}, ['fast < slow'])).toEqual({ count: 1_000_000, exact: false });
  });
});

describe('folds', () => {
  it('are whole ones only', () => {
    const cut = { train_sessions: 100, test_sessions: 20, step_sessions: 20, purge_sessions: 5 };
    expect([124, 125, 144, 145].map((sessions) => countFolds(sessions, cut))).toEqual([0, 1, 1, 2]);
  });
  it('are estimated from days', () => {
    expect(aboutSessions('2024-01-01', '2024-12-31')).toBe(248);
    expect(aboutSessions('2024-01-02', '2024-01-01')).toBe(0);
  });
});
