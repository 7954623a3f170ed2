import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { render, type RenderResult } from '@testing-library/react';
import type { ReactElement } from 'react';
import { IntlProvider } from 'use-intl';
import { createQueryClient } from '@/lib/api/query-client';
import backtestEn from '@/lib/i18n/messages/backtest/en.json';
import backtestKo from '@/lib/i18n/messages/backtest/ko.json';
import builderEn from '@/lib/i18n/messages/builder/en.json';
import builderKo from '@/lib/i18n/messages/builder/ko.json';
import en from '@/lib/i18n/messages/en.json';
import ko from '@/lib/i18n/messages/ko.json';
import safetyEn from '@/lib/i18n/messages/safety/en.json';
import safetyKo from '@/lib/i18n/messages/safety/ko.json';
import { usePreferences, type Locale } from '@/lib/preferences/store';

const WORDS = { ko: { ...ko, ...backtestKo, ...builderKo, ...safetyKo }, en: { ...en, ...backtestEn, ...builderEn, ...safetyEn } };

interface Options {
  locale?: Locale;
  client?: QueryClient;
}

/** Renders as the app does: with the words of a language and a query cache. */
export function renderApp(element: ReactElement, options: Options = {}): RenderResult {
  const { locale = 'ko', client = createQueryClient() } = options;
  usePreferences.setState({ locale });
  return render(
    <QueryClientProvider client={client}>
      <IntlProvider locale={locale} messages={WORDS[locale]} timeZone="Asia/Seoul">
        {element}
      </IntlProvider>
    </QueryClientProvider>,
  );
}
