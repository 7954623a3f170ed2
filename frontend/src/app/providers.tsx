'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { Splash } from '@/components/layout/logo';
import { Toaster } from '@/components/ui/toast';
import { createQueryClient } from '@/lib/api/query-client';
import { LocaleProvider } from '@/lib/i18n/provider';
import { applyAppearance } from '@/lib/preferences/appearance';
import { usePreferences } from '@/lib/preferences/store';

export function Providers({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [ready, setReady] = useState(false);

  useEffect(() => {
    void Promise.resolve(usePreferences.persist.rehydrate()).then(() => setReady(true));
  }, []);

  // Before the preferences are known any word shown might be in the wrong language.
  if (!ready) return <Splash />;
  return (
    <QueryClientProvider client={queryClient}>
      <Appearance />
      <LocaleProvider splash={<Splash />}>
        {children}
        <Toaster />
      </LocaleProvider>
    </QueryClientProvider>
  );
}

function Appearance() {
  const { theme, colors, locale } = usePreferences();
  useEffect(() => {
    const apply = () => applyAppearance(theme, colors, locale);
    apply();
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', apply);
    return () => system.removeEventListener('change', apply);
  }, [theme, colors, locale]);
  return null;
}
