import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { useForm } from 'react-hook-form';
import { IntlProvider } from 'use-intl';
import { describe, expect, it } from 'vitest';
import { ApiProblem } from '@/lib/api/problem';
import ko from '@/lib/i18n/messages/ko.json';
import { fieldPaths, matchField, useFormProblem } from './use-form-problem';

const values = { name: '', symbols: ['A'], parameters: { lookback: 1 } };

function setUp() {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <IntlProvider locale="ko" messages={ko}>
      {children}
    </IntlProvider>
  );
  return renderHook(
    () => {
      const form = useForm({ defaultValues: values });
      return { problem: useFormProblem(form, { name: '다른 이름을 쓰세요.' }), errors: form.formState.errors };
    },
    { wrapper },
  );
}

const refused = (fields: { field: string; message: string }[], code = 'INVALID_FIELD') =>
  new ApiProblem({ status: 422, code, detail: 'no', fields });

describe('useFormProblem', () => {
  it('puts what the server said beside the field it named', () => {
    const { result } = setUp();
    act(() => result.current.problem.show(refused([{ field: 'parameters.lookback', message: 'too big' }])));
    expect(result.current.errors.parameters?.lookback?.message).toContain('too big');
    expect(result.current.problem.text).toBe(ko.errors.CHECK_FIELDS);
  });

  it('says what a refusal of a field means where there is only one meaning', () => {
    const { result } = setUp();
    act(() => result.current.problem.show(refused([{ field: 'name', message: 'is taken' }])));
    expect(result.current.errors.name?.message).toBe('다른 이름을 쓰세요.');
  });

  it('says above the button what is refused of a group, which has no place of its own', () => {
    const { result } = setUp();
    act(() => result.current.problem.show(refused([{ field: 'parameters', message: 'too few bars' }])));
    expect(result.current.problem.text).toContain('too few bars');
    expect(result.current.errors.parameters).toBeUndefined();
  });

  it('shows the translated code when no field of the form is meant', () => {
    const { result } = setUp();
    act(() => result.current.problem.show(refused([], 'STRATEGY_ACTIVE')));
    expect(result.current.problem.text).toBe(ko.errors.STRATEGY_ACTIVE);
  });

  it('never hides a field that the form does not have', () => {
    const { result } = setUp();
    act(() =>
      result.current.problem.show(
        refused([
          { field: 'name', message: 'taken' },
          { field: 'colour', message: 'unknown' },
        ]),
      ),
    );
    expect(result.current.problem.text).toBe(ko.errors.INVALID_FIELD);
  });

  it('falls back to the server’s sentence for a code it does not know', () => {
    const { result } = setUp();
    const error = new ApiProblem({ status: 409, code: 'BRAND_NEW', detail: 'Try it tomorrow.' });
    act(() => result.current.problem.show(error));
    expect(result.current.problem.text).toBe('Try it tomorrow.');
  });
});

describe('matchField', () => {
  const names = fieldPaths(values);
  it.each([
    ['name', 'name'],
    ['symbols.3', 'symbols'],
    ['symbols[3]', 'symbols'],
    ['/parameters/lookback', 'parameters.lookback'],
    ['parameters.unknown', 'parameters'],
    ['colour', null],
  ])('%s → %s', (field, name) => {
    expect(matchField(field, names)).toBe(name);
  });
});
