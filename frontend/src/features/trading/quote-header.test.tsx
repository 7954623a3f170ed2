import { describe, expect, it } from 'vitest';
import type { Brake } from '@/lib/api/types';
import { renderApp } from '@/lib/testing/render';
import { BrakeNote } from './quote-header';

const BRAKES: Brake[] = ['volatility_interruption', 'market_halt', 'reopening_auction', 'market_closed'];

describe('BrakeNote', () => {
  it('says what holds trading up, and what becomes of an order', () => {
    const { getByRole } = renderApp(<BrakeNote brake="volatility_interruption" />);
    expect(getByRole('status').textContent).toContain('변동성완화장치(VI)');
    expect(getByRole('status').textContent).toContain('2분');
  });
  it('has a sentence for every brake in both languages', () => {
    for (const brake of BRAKES) {
      for (const locale of ['ko', 'en'] as const) {
        const { getByTestId, unmount } = renderApp(<BrakeNote brake={brake} />, { locale });
        expect(getByTestId('quote-brake').textContent).toMatch(/\.$/);
        unmount();
      }
    }
  });
});
