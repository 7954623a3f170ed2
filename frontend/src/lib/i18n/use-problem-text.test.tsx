import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ApiProblem } from '@/lib/api/problem';
import { renderApp } from '@/lib/testing/render';
import { useProblemText } from './use-problem-text';

function Told({ error }: { error: unknown }) {
  return <p>{useProblemText()(error)}</p>;
}

const told = (code: string, figures: { limit?: string; observed?: string } = {}, locale: 'ko' | 'en' = 'en') => {
  renderApp(<Told error={new ApiProblem({ status: 422, code, detail: 'the server said so', ...figures })} />, { locale });
  return screen.getByRole('paragraph').textContent;
};

describe('useProblemText', () => {
  it('names limit and observed value of a denial in their unit', () => {
    expect(told('MAX_ORDER_NOTIONAL', { limit: '1000000', observed: '1250000' })).toMatch(/\(limit ₩1,000,000 · this order ₩1,250,000\)$/);
  });

  it('tells ages in seconds', () => {
    expect(told('STALE_QUOTE', { limit: '3000', observed: '4500' }, 'ko')).toMatch(/\(한도 3초 · 이 주문 4\.5초\)$/);
  });

  it('tells no figures where one of them is not known', () => {
    expect(told('SELLABLE', { observed: '3' })).toBe('There are not enough sellable shares.');
  });

  it('names an input that is missing', () => {
    expect(told('INPUT_MISSING:last_price')).toMatch(/\(not known: the last price\)$/);
  });

  it('names one that is new to this build by its own word', () => {
    expect(told('INPUT_MISSING:new_to_this_build')).toMatch(/\(not known: new_to_this_build\)$/);
  });

  it('gives the words of the server for a code that is new to this build', () => {
    expect(told('COSMIC_RAY')).toBe('the server said so');
  });
});
