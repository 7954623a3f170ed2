import { describe, expect, it } from 'vitest';
import { make } from '@/lib/testing/data';
import { renderApp } from '@/lib/testing/render';
import { ReasonText } from './reason-text';

describe('ReasonText', () => {
  it('makes a sentence of a known reason', () => {
    const { reason } = make.signal();
    expect(renderApp(<ReasonText reason={reason} />).container.textContent).toBe(
      '60봉 등락률 7.34%, 매수 기준 5.00% 초과',
    );
    expect(renderApp(<ReasonText reason={reason} />, { locale: 'en' }).container.textContent).toBe(
      '60-bar change 7.34%, above the entry threshold 5.00%',
    );
  });

  it('shows the sentence that the server made of the conditions of a document', () => {
    const sentence = { ko: '매수: close (71000) > mean (70500)', en: 'buy: close (71000) > mean (70500)' };
    const reason = { code: 'rules_entry', values: { conditions: 1 }, sentence };
    expect(renderApp(<ReasonText reason={reason} />).container.textContent).toBe(sentence.ko);
    expect(renderApp(<ReasonText reason={reason} />, { locale: 'en' }).container.textContent).toBe(sentence.en);
  });

  it('shows code and numbers of a reason it does not know', () => {
    const reason = { code: 'moon_phase', values: { phase: 0.25, days: 3 }, sentence: null };
    expect(renderApp(<ReasonText reason={reason} />).container.textContent).toBe(
      'moon_phase · phase 0.2500 · days 3',
    );
  });
});
