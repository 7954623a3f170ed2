import { useCallback } from 'react';
import { usePreferences } from '@/lib/preferences/store';

/** What an issue is called by; trades of a backtest know the code alone. */
export interface NamedIssue {
  symbol: string;
  name_ko?: string;
  name_en?: string;
}

/** Names an issue in the chosen language, or by its code where no name is known. */
export function useIssueName(): (issue: NamedIssue) => string {
  const locale = usePreferences((state) => state.locale);
  return useCallback(
    ({ symbol, name_ko, name_en }) => (locale === 'ko' ? name_ko : name_en) || symbol,
    [locale],
  );
}
