import type { ReactElement } from 'react';
import { describe, expect, it } from 'vitest';
import { make } from '@/lib/testing/data';
import { renderApp } from '@/lib/testing/render';
import { SymbolLabel } from './symbol-label';

describe('SymbolLabel', () => {
  const text = (element: ReactElement, locale: 'ko' | 'en') =>
    renderApp(element, { locale }).container.textContent;

  it.each(['order', 'trade', 'holding', 'quote', 'signal'] as const)(
    'names the issue of a %s in the chosen language',
    (kind) => {
      const issue = make[kind]();
      expect(text(<SymbolLabel issue={issue} />, 'ko')).toBe('한빛전자D00010');
      expect(text(<SymbolLabel issue={issue} />, 'en')).toBe('Hanbit ElectronicsD00010');
    },
  );

  it('shows the code once where no name is known', () => {
    const unnamed = { symbol: '005930', name_ko: '005930', name_en: '' };
    for (const issue of [{ symbol: '005930' }, unnamed]) {
      expect(text(<SymbolLabel issue={issue} />, 'ko')).toBe('005930');
      expect(text(<SymbolLabel issue={issue} />, 'en')).toBe('005930');
    }
  });
});
