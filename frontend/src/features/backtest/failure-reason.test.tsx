import { describe, expect, it } from 'vitest';
import { renderApp } from '@/lib/testing/render';
import { FailureReason } from './failure-reason';

const textOf = (error: string, locale: 'ko' | 'en' = 'ko') =>
  renderApp(<FailureReason error={error} />, { locale }).container.textContent;

describe('FailureReason', () => {
  it('says in the language of the reader what has to change', () => {
    const error = 'universe.kind: no issue belongs to the universe from 2022-03-02 to 2023-12-28';
    expect(textOf(error)).toContain('조건에 맞는 종목이 하루도 없습니다');
    expect(textOf(error, 'en')).toContain('No issue fits the rule');
    expect(textOf(error)).toContain('2022-03-02');
  });
  it('leaves a reason that it does not know to the server', () => {
    expect(textOf('the run stopped by a defect of the program: no')).toBe(
      '서버가 알린 이유: the run stopped by a defect of the program: no',
    );
    expect(textOf('moon: is full')).toBe('서버가 알린 이유: moon: is full');
  });
});
