import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { OrderState } from '@/lib/api/types';
import { sessionStore } from '@/lib/session/store';
import { make } from '@/lib/testing/data';
import { renderApp } from '@/lib/testing/render';
import { OrderStanding } from './order-standing';

const show = (state: OrderState, locale: 'ko' | 'en' = 'ko') => renderApp(<OrderStanding order={make.orderDetail({ state, id: 7 })} />, { locale });

describe('OrderStanding', () => {
  it('says of a doubt that nothing is sent again, and that nobody else should', () => {
    show('unknown');
    expect(screen.getByTestId('order-state').textContent).toBe('보냈으나 확인 중');
    expect(screen.getByTestId('order-standing').textContent).toMatch(/다시 보내지 않고.*다시 내지 마세요/);
    expect(screen.queryByTestId('order-decide')).toBeNull();
  });

  it('leads to the evidence where a person has to decide', () => {
    show('ambiguous', 'en');
    expect(screen.getByTestId('order-decide').getAttribute('href')).toMatch(/^\/orders\/doubt\/?\?id=7$/);
    // A viewer sees the evidence and decides nothing.
    expect(sessionStore.getState().user).toBeNull();
    expect(screen.getByTestId('order-decide').textContent).toBe('See the evidence');
  });
});
