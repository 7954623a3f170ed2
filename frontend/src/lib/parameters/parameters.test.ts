import { describe, expect, it } from 'vitest';
import { appliedParameters, groupParameters, initialValues, readDocument, readParameters, valueAt, withValue } from './schema';
import { parameterRules } from './validation';

const schema = {
  type: 'object',
  additionalProperties: false,
  // As the server sends it: members by name, places in `x-order`.
  properties: {
    adaptive: { type: 'boolean', title: 'Adaptive', default: true, 'x-order': 3 },
    interval: {
      type: 'string',
      enum: ['1d', '1m'],
      default: '1d',
      title: 'Interval',
      'x-title-ko': '봉 간격',
      'x-group': 'signal',
      'x-order': 0,
    },
    lookback: {
      type: 'integer',
      minimum: 1,
      maximum: 500,
      default: 60,
      title: 'Look-back',
      description: 'Bars back.',
      'x-title-ko': '비교 기간',
      'x-unit': 'bars',
      'x-group': 'signal',
      'x-order': 1,
    },
    size: {
      type: 'number',
      minimum: 0.1,
      title: 'Size',
      'x-group': 'sizing',
      'x-order': 2,
    },
  },
};

const parameters = readParameters(schema);
const rules = parameterRules(parameters, 'ko', {
  number: (field) => `${field}: number`,
  integer: (field) => `${field}: integer`,
  range: (field, minimum, maximum) => `${field}: ${minimum}..${maximum}`,
  choice: (field) => `${field}: choice`,
});
const valid = { interval: '1d', lookback: 60, size: 10, adaptive: false };

describe('readParameters', () => {
  it('follows the order the schema states, not the order of its members', () => {
    expect(parameters.map(({ name }) => name)).toEqual(['interval', 'lookback', 'size', 'adaptive']);
  });

  it('reads kind, range, unit and both titles', () => {
    expect(parameters[1]).toEqual({
      name: 'lookback',
      kind: 'integer',
      title: { ko: '비교 기간', en: 'Look-back' },
      description: { ko: 'Bars back.', en: 'Bars back.' },
      unit: 'bars',
      group: 'signal',
      minimum: 1,
      maximum: 500,
      default: 60,
      when: null,
      step: null,
      off: null,
    });
  });

  it('survives anything that is not a schema', () => {
    for (const nonsense of [null, undefined, 'x', {}, { properties: null }, { properties: { a: 1 } }]) {
      expect(readParameters(nonsense)).toEqual([]);
    }
  });
});

describe('initialValues', () => {
  it('prefers given values and falls back to defaults', () => {
    expect(initialValues(parameters, { lookback: 20 })).toEqual({
      interval: '1d',
      lookback: 20,
      size: NaN,
      adaptive: true,
    });
  });
});

describe('groupParameters', () => {
  it('keeps groups in order of appearance', () => {
    expect(groupParameters(parameters).map(([group, members]) => [group, members.length])).toEqual([
      ['signal', 2],
      ['sizing', 1],
      [null, 1],
    ]);
  });
});

describe('parameterRules', () => {
  it('accepts values in range', () => {
    expect(rules.safeParse(valid).success).toBe(true);
    expect(rules.safeParse({ ...valid, lookback: 1 }).success).toBe(true);
    expect(rules.safeParse({ ...valid, lookback: 500 }).success).toBe(true);
  });

  it.each([
    [{ lookback: 0 }, '비교 기간: 1..500'],
    [{ lookback: 501 }, '비교 기간: 1..500'],
    [{ lookback: 1.5 }, '비교 기간: integer'],
    [{ lookback: NaN }, '비교 기간: number'],
    [{ size: 0 }, 'Size: 0.1..null'],
    [{ interval: '5m' }, '봉 간격: choice'],
  ])('refuses %o and names the field', (change, message) => {
    const result = rules.safeParse({ ...valid, ...change });
    expect(result.error?.issues.map((issue) => issue.message)).toEqual([message]);
  });
});

describe('readDocument', () => {
  const document = { type: 'string', maxLength: 262_144, contentMediaType: 'application/yaml', title: 'Document', 'x-title-ko': '규칙 문서' };

  it('finds the document, which is no setting among the others', () => {
    const properties = { document, count: { type: 'integer' } };
    expect(readDocument({ properties })).toMatchObject({ name: 'document', maximum: 262_144, title: { ko: '규칙 문서' } });
    expect(readParameters({ properties }).map(({ name }) => name)).toEqual(['count']);
  });

  it('is null for a type without one', () => expect(readDocument(schema)).toBeNull());
});

describe('settings that depend on another', () => {
  const known = readParameters({
    properties: {
      sizing: {
        enum: ['percent', 'atr'],
        default: 'percent',
        'x-enum-titles': { atr: { ko: 'ATR 위험', en: 'ATR risk' } },
        'x-order': 0,
      },
      period: { type: 'integer', minimum: 2, maximum: 200, default: 14, 'x-when': { sizing: ['atr'] }, 'x-order': 1 },
      stop: { type: 'number', minimum: 0, default: 0, 'x-order': 2 },
    },
  });
  const names = (values: object) => appliedParameters(known, values).map(({ name }) => name);

  it('apply with the values their schema names', () => {
    expect(names({ sizing: 'percent' })).toEqual(['sizing', 'stop']);
    expect(names({ sizing: 'atr' })).toEqual(['sizing', 'period', 'stop']);
  });

  it('have titles for choices, and a value that switches them off', () => {
    expect(known[0]).toMatchObject({ choiceTitles: { atr: { ko: 'ATR 위험', en: 'ATR risk' } } });
    expect(known[2]).toMatchObject({ off: 0 });
  });

  const read = parameterRules(known, 'ko', { number: String, integer: String, range: String, choice: String });

  it('keep a hidden value that fits, and take the default for one that nobody can see to mend', () => {
    expect(read.parse({ sizing: 'percent', period: 20, stop: 5 })).toEqual({ sizing: 'percent', period: 20, stop: 5 });
    expect(read.parse({ sizing: 'percent', period: NaN, stop: 5 })).toEqual({ sizing: 'percent', period: 14, stop: 5 });
    expect(read.safeParse({ sizing: 'atr', period: NaN, stop: 5 }).success).toBe(false);
  });
});

describe('a value by its name', () => {
  it('is found and set in the map of a document’s own parameters too', () => {
    const values = withValue(withValue({ lookback: 20 }, 'overrides.fast', 5), 'overrides.slow', 60);
    expect(values).toEqual({ lookback: 20, overrides: { fast: 5, slow: 60 } });
    expect([valueAt(values, 'lookback'), valueAt(values, 'overrides.slow'), valueAt(values, 'overrides')]).toEqual([20, 60, undefined]);
  });
});
