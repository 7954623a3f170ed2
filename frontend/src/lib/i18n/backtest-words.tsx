'use client';

import { useEffect, useState, type ReactNode } from 'react';
import { IntlProvider, useLocale, useMessages } from 'use-intl';
import type { Locale } from '@/lib/preferences/store';
import type ko from './messages/backtest/ko.json';

export type BacktestMessages = typeof ko;

const catalogues: Record<Locale, () => Promise<{ default: BacktestMessages }>> = {
  ko: () => import('./messages/backtest/ko.json'),
  en: () => import('./messages/backtest/en.json'),
};

/** Adds the words of the backtest pages, which no other page downloads. */
export function BacktestWords({ children, loading }: { children: ReactNode; loading: ReactNode }) {
  const locale = useLocale();
  const words = useMessages();
  const [loaded, setLoaded] = useState<{ locale: Locale; messages: BacktestMessages } | null>(null);

  useEffect(() => {
    let current = true;
    void catalogues[locale]().then((catalogue) => {
      if (current) setLoaded({ locale, messages: catalogue.default });
    });
    return () => {
      current = false;
    };
  }, [locale]);

  if (!loaded) return loading;
  return (
    <IntlProvider locale={locale} messages={{ ...words, ...loaded.messages }} timeZone="Asia/Seoul">
      {children}
    </IntlProvider>
  );
}
