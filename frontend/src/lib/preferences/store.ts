import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type Locale = 'ko' | 'en';
export type Theme = 'system' | 'light' | 'dark';
/** `korean`: red rises, blue falls. `western`: green rises, red falls. */
export type ColorConvention = 'korean' | 'western';

interface Preferences {
  locale: Locale;
  theme: Theme;
  colors: ColorConvention;
  sidebarCollapsed: boolean;
  set: (change: Partial<Omit<Preferences, 'set'>>) => void;
}

export const PREFERENCES_KEY = 'exodus.preferences';

/** What belongs to this browser, not to the account. */
export const usePreferences = create<Preferences>()(
  persist(
    (set) => ({
      locale: 'ko',
      theme: 'system',
      colors: 'korean',
      sidebarCollapsed: false,
      set,
    }),
    {
      name: PREFERENCES_KEY,
      version: 1,
      // The prerendered page knows nothing of this browser; it is read once the app has mounted.
      skipHydration: true,
      partialize: ({ locale, theme, colors, sidebarCollapsed }) => ({
        locale,
        theme,
        colors,
        sidebarCollapsed,
      }),
    },
  ),
);
