import { useMemo } from 'react';
import { usePreferences } from '@/lib/preferences/store';
import { createFormat, type Format } from './format';

/** The number and time formats of the chosen language. */
export function useFormat(): Format {
  const locale = usePreferences((state) => state.locale);
  return useMemo(() => createFormat(locale), [locale]);
}
