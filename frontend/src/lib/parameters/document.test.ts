import { describe, expect, it } from 'vitest';
import { readDocumentFacts } from './document';
import { initialValues } from './schema';
import { parameterRules } from './validation';

const TEXT = `version: "1.0"
metadata:
  name: 골든크로스
  description: 짧은 평균이 긴 평균을 넘으면 삽니다.
strategy:
  id: golden_cross
  params:
    fast: { default: 5, min: 2, max: 50, step: 1, type: int, description: 짧은 평균 }
    ratio:
      default: 0.8
    source: { default: close }
`;

describe('readDocumentFacts', () => {
  const facts = readDocumentFacts(TEXT);

  it('has name, description, and the numbers the document declares', () => {
    expect(facts).toMatchObject({ name: '골든크로스', description: '짧은 평균이 긴 평균을 넘으면 삽니다.' });
    expect(facts.parameters.map(({ name, kind }) => [name, kind])).toEqual([
      ['overrides.fast', 'integer'],
      ['overrides.ratio', 'number'],
    ]);
    expect(facts.parameters[0]).toMatchObject({ title: { ko: '짧은 평균', en: '짧은 평균' }, minimum: 2, maximum: 50, step: 1, default: 5 });
    expect(facts.parameters[1]).toMatchObject({ title: { en: 'ratio' }, minimum: null, step: null });
  });

  it('is empty for what is no document', () => {
    for (const text of ['', '[', 'a: &a [*a]', 'strategy: { params: 5 }', '- 1', 'a: {b']) {
      expect(readDocumentFacts(text).parameters, text).toEqual([]);
    }
  });

  it('gives parameters that a form keeps and checks like any others', () => {
    const values = initialValues(facts.parameters, { overrides: { fast: 7 } });
    expect(values).toEqual({ overrides: { fast: 7, ratio: 0.8 } });
    const rules = parameterRules(facts.parameters, 'ko', { number: String, integer: String, range: (field) => `${field}!`, choice: String });
    const refused = rules.safeParse({ document: TEXT, overrides: { fast: 1, ratio: 1 } });
    expect(refused.error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([['overrides.fast', '짧은 평균!']]);
    expect(rules.parse({ document: TEXT, ...values })).toEqual({ document: TEXT, ...values });
  });
});
