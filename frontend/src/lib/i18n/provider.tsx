'use client';

import { useEffect, useState, type ReactNode } from 'react';
import { IntlProvider } from 'use-intl';
import { usePreferences, type Locale } from '@/lib/preferences/store';
import type { BacktestMessages } from './backtest-words';
import type { BuilderMessages } from './builder-words';
import type ko from './messages/ko.json';
import type { SafetyMessages } from './safety-words';

export type Messages = typeof ko;

declare module 'use-intl' {
  interface AppConfig {
    Messages: Messages & BacktestMessages & BuilderMessages & SafetyMessages;
    Locale: Locale;
  }
}

const catalogues: Record<Locale, () => Promise<{ default: Messages }>> = {
  ko: () => import('./messages/ko.json'),
  en: () => import('./messages/en.json'),
};

/** Gives the app its words; only the catalogue of the chosen language is downloaded. */
export function LocaleProvider({ children, splash }: { children: ReactNode; splash: ReactNode }) {
  const locale = usePreferences((state) => state.locale);
  const [loaded, setLoaded] = useState<{ locale: Locale; messages: Messages } | null>(null);

  useEffect(() => {
    let current = true;
    void catalogues[locale]().then((catalogue) => {
      if (current) setLoaded({ locale, messages: catalogue.default });
    });
    return () => {
      current = false;
    };
  }, [locale]);

  // While another language loads the old words stay, so that the page does not blink.
  if (!loaded) return splash;
  return (
    <IntlProvider locale={loaded.locale} messages={loaded.messages} timeZone="Asia/Seoul">
      {children}
    </IntlProvider>
  );
}
