'use client';

import { useEffect, useState, type ReactNode } from 'react';
import { IntlProvider, useLocale, useMessages } from 'use-intl';
import type { Locale } from '@/lib/preferences/store';

type Catalogues<T> = Record<Locale, () => Promise<{ default: T }>>;

/** A provider that adds the words of some pages, which no other page downloads. */
export function pageWords<T extends object>(catalogues: Catalogues<T>) {
  return function PageWords({ children, loading }: { children: ReactNode; loading: ReactNode }) {
    const locale = useLocale();
    const words = useMessages();
    const [loaded, setLoaded] = useState<{ locale: Locale; messages: T } | null>(null);

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
  };
}
