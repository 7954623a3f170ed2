import { describe, expect, it } from 'vitest';
import { withItem, withMoved, without, withTwin, withValue } from './edit';
import { readRules } from './read';
import { freeName, usesOfAlias, usesOfParameter, withAlias, withCondition, withoutEntry, withParameterName } from './rules-edit';
import type { Rules } from './model';

const TEXT = `# my rules
version: "1.0"

metadata:
  name: 골든크로스 # shown in lists
  tags: [추세, 이동평균]
  x_desk: 7 # nobody knows this key

strategy:
  id: golden_cross
  params:
    fast_period: # the short one
      default: 5
      min: 2
  indicators:
    - id: sma
      alias: fast
      params:
        period: $fast_period
    # the long one
    - id: sma
      alias: slow
      params:
        period: 20 # a month
  entry:
    logic: AND
    conditions:
      - indicator: fast
        operator: crosses_above # as the other tool writes it
        compare_to: slow
        x_why: crossing
      - indicator: close
        operator: greater_than
        value: $fast_period
  exit:
    logic: AND
    conditions: []

x_exodus: {note: kept}
`;

const rulesOf = (text: string): Rules => {
  const reading = readRules(text);
  if (!reading.ok) throw new Error(reading.message);
  return reading.rules;
};
/** Lines that only one of two texts has. */
function changes(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [...old.filter((line) => !now.includes(line)).map((line) => `-${line}`), ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`)];
}

describe('a value', () => {
  it('changes nothing but itself', () => {
    const after = withValue(TEXT, ['strategy', 'indicators', 1, 'params', 'period'], 60);
    expect(changes(TEXT, after)).toEqual(['-        period: 20 # a month', '+        period: 60 # a month']);
    expect(withValue(after, ['strategy', 'indicators', 1, 'params', 'period'], 20)).toBe(TEXT);
  });

  it('leaves other lines as they are laid out', () => {
    const odd = "metadata:   {name:  'x',   tags: [ a,b ]}   # keep\nstrategy: # of it\n    id:  a     # odd\n    category:   none\n    params:\n        p:   1 # them\n";
    const after = withValue(odd, ['strategy', 'params', 'p'], 2);
    expect(after).toBe(odd.replace('p:   1', 'p: 2'));
    expect(rulesOf(withValue(odd, ['metadata', 'name'], 'a, b')).metadata.name).toBe('a, b');
  });

  it('is written so that it is read again as the same', () => {
    for (const name of ['yes', '1.0', '# no comment', 'a: b', 'two\nlines', ' spaced ', '', '[x]', "it's", '"', '- x', '매수 전략']) {
      expect(rulesOf(withValue(TEXT, ['metadata', 'name'], name)).metadata.name).toBe(name);
    }
  });

  it('makes what is missing on its way, and opens empty maps', () => {
    const after = withValue('strategy:\n  id: a\nrisk: {}\n', ['risk', 'stop_loss', 'percent'], 5);
    expect(after).toBe('strategy:\n  id: a\nrisk:\n  stop_loss:\n    percent: 5\n');
    expect(withValue('strategy:\n  id: a\nrisk:\n', ['risk', 'stop_loss', 'percent'], 5)).toContain('  stop_loss:\n    percent: 5');
    expect(without(after, ['risk', 'stop_loss'])).toContain('risk: {}');
  });
});

describe('a list', () => {
  const path = ['strategy', 'indicators'];
  it('gets, moves, doubles and loses items with their comments', () => {
    const added = withItem(TEXT, path, { id: 'rsi', alias: 'rsi_1', params: { period: 14 } });
    expect(changes(TEXT, added)).toEqual(['+    - id: rsi', '+      alias: rsi_1', '+        period: 14']);
    expect(without(added, [...path, 2])).toBe(TEXT);
    const moved = withMoved(TEXT, path, 1, 0);
    expect(moved).toMatch(/indicators:\n\s+# the long one\n\s+- id: sma\n\s+alias: slow/);
    expect(rulesOf(withMoved(moved, path, 0, 1))).toEqual(rulesOf(TEXT));
    expect(withMoved(moved, path, 0, 1)).toContain('# the long one');
    expect(rulesOf(withTwin(TEXT, path, 0)).indicators.map(({ alias }) => alias)).toEqual(['fast', 'fast', 'slow']);
  });

  it('keeps dashes where its author has them', () => {
    const flush = 'strategy:\n  indicators:\n  - id: sma\n    alias: a\n  - id: ema\n    alias: b\n';
    expect(without(flush, [...path, 1])).toBe('strategy:\n  indicators:\n  - id: sma\n    alias: a\n');
  });
});

describe('a name', () => {
  it('is followed into the conditions', () => {
    const after = withAlias(TEXT, 'indicators', 1, 'slow', '장기');
    expect(changes(TEXT, after)).toEqual(['-      alias: slow', '-        compare_to: slow', '+      alias: 장기', '+        compare_to: 장기']);
    expect(usesOfAlias(rulesOf(after), '장기')).toBe(1);
  });

  it('of a parameter is followed wherever it is used', () => {
    const after = withParameterName(TEXT, 'fast_period', 'short');
    expect(after).toMatch(/short:\s+# the short one/);
    expect(after).not.toContain('fast_period');
    expect(usesOfParameter(rulesOf(after), 'short')).toBe(2);
  });

  it('is free', () => {
    expect(freeName(['sma_1', 'sma_3'], 'sma')).toBe('sma_2');
    expect(freeName(['fast'], 'fast', 2)).toBe('fast_2');
    expect(freeName([], 'fast', 2)).toBe('fast');
  });

  it('that is gone takes its conditions along', () => {
    const after = withoutEntry(TEXT, 'indicators', 0, 'fast');
    expect(rulesOf(after).entry.conditions).toHaveLength(1);
    expect(after).not.toContain('x_why');
  });
});

describe('a condition', () => {
  it('keeps unknown keys, comments and the words of its author', () => {
    const [first] = rulesOf(TEXT).entry.conditions;
    if (first?.kind !== 'comparison') throw new Error('no comparison');
    const after = withCondition(TEXT, 'entry', 0, { ...first, right: { kind: 'number', value: 1.5 } });
    expect(changes(TEXT, after)).toEqual(['-        compare_to: slow', '+        compare_to: 1.5']);
    const scaled = { ...first, right: { kind: 'series', series: { name: 'slow', output: null }, scale: { operation: 'mul', factor: 1.02 } } } as const;
    expect(withCondition(TEXT, 'entry', 0, scaled)).toContain('compare_scalar: 1.02');
    expect(rulesOf(withCondition(TEXT, 'entry', 0, scaled)).entry.conditions[0]).toEqual(scaled);
    expect(withCondition(withCondition(TEXT, 'entry', 0, scaled), 'entry', 0, first)).toBe(TEXT);
  });

  it('is added to an empty group', () => {
    const after = withCondition(TEXT, 'exit', null, { kind: 'pattern', alias: 'doji_1', signal: 'bearish' });
    expect(changes(TEXT, after)).toEqual(['-    conditions: []', '+      - candlestick: doji_1', '+        signal: bearish']);
    expect(rulesOf('strategy:\n  id: a\n').exit.logic).toBe('OR');
    expect(withCondition('strategy:\n  id: a\n', 'exit', null, { kind: 'pattern', alias: 'x', signal: 'detected' })).toContain('logic: OR');
  });
});

describe('what is read', () => {
  it('follows the format where nothing is written', () => {
    const rules = rulesOf('strategy:\n  indicators: [{id: sma}, {id: sma, alias: x}, {id: sma}]\n  candlesticks: [{id: doji}]\n  entry:\n    conditions: [{operator: gt, value: "30"}, {candlestick: doji_1}]\nrisk: {stop_loss: {enabled: yes, percent: "5"}}\n');
    expect(rules.indicators.map(({ alias }) => alias)).toEqual(['sma_1', 'x', 'sma_2']);
    expect(rules.entry.conditions).toEqual([
      { kind: 'comparison', left: { name: 'price', output: null }, operator: 'greater_than', right: { kind: 'number', value: 30 } },
      { kind: 'pattern', alias: 'doji_1', signal: 'detected' },
    ]);
    expect(rules.risk.stop_loss).toEqual({ enabled: true, percent: 5 });
  });

  it('is nothing while the text cannot be parsed, and the line says where', () => {
    expect(readRules('strategy:\n  id: "open\n')).toMatchObject({ ok: false });
    expect(readRules('a: 1\na: 2\n')).toMatchObject({ ok: false, line: 2 });
    expect(readRules('- a\n').ok).toBe(false);
    expect(readRules('').ok).toBe(false);
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`;
    expect(readRules(bomb).ok).toBe(false);
  });
});
