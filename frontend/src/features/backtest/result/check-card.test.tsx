import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Check } from '@/lib/api/types';
import { renderApp } from '@/lib/testing/render';
import { CheckCard } from './check-card';

const sentenceOf = (part: Partial<Check>, locale: 'ko' | 'en' = 'ko') => {
  const check: Check = { code: 'look_ahead', outcome: 'passed', values: {}, details: [], date: null, ...part };
  const { unmount } = renderApp(<CheckCard check={check} capital={100} final={110} />, { locale });
  const sentence = screen.getByTestId('check-sentence').textContent;
  unmount();
  return sentence;
};

describe('a probe', () => {
  it('tells its outcome in a sentence with its values', () => {
    const delayed = { code: 'delay_one_bar', outcome: 'failed', values: { total_return: 0.12, stressed_total_return: 0.03 } } as const;
    expect(sentenceOf(delayed)).toBe('한 봉 늦게 체결하면 총수익률이 +12.00%에서 +3.00%로 줄어, 절반을 지키지 못합니다.');
    expect(sentenceOf(delayed, 'en')).toMatch(/from \+12.00% to \+3.00%: less than half/);
  });
  it('says where it first went wrong, and why', () => {
    const leak = { outcome: 'failed', values: { cuts: 24, differing_cuts: 2 }, details: ['differs_when_cut'], date: '2024-03-04' } as const;
    const sentence = sentenceOf({ ...leak, details: [...leak.details] });
    expect(sentence).toMatch(/24곳 가운데 2곳.*2024\. 03\. 04\..*도중에 끝낸 실행/);
  });
  it('says why it was skipped', () => {
    expect(sentenceOf({ code: 'double_cost', outcome: 'skipped', details: ['no_gain'] })).toBe('원래 수익이 없어 견줄 것이 없습니다.');
  });
  it('shows the values of a probe it does not know', () => {
    expect(sentenceOf({ code: 'new_probe', values: { kept: 0.5 } })).toBe('kept +50.00%');
  });
});
