import { useMutation, useQueryClient } from '@tanstack/react-query';
import { LogOut, Monitor, Moon, Settings, Sun, UserRound } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { auth } from '@/lib/api/auth';
import { useRouter } from '@/lib/navigation';
import { usePreferences, type Theme } from '@/lib/preferences/store';
import { sessionStore, useSession } from '@/lib/session/store';

const THEMES: { value: Theme; icon: typeof Sun }[] = [
  { value: 'light', icon: Sun },
  { value: 'dark', icon: Moon },
  { value: 'system', icon: Monitor },
];

export function UserMenu() {
  const t = useTranslations();
  const router = useRouter();
  const client = useQueryClient();
  const user = useSession((state) => state.user);
  const theme = usePreferences((state) => state.theme);
  const set = usePreferences((state) => state.set);
  const logout = useMutation({
    mutationFn: auth.logout,
    // Signed out here even when the server could not be told.
    onSettled: () => {
      sessionStore.getState().signOut();
      client.clear();
    },
  });
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t('layout.account')}
          data-testid="user-menu"
          className="grid size-9 place-items-center rounded-full bg-raised text-ink-soft hover:text-ink"
        >
          <UserRound aria-hidden className="size-5" />
        </button>
      }
    >
      <div className="px-2.5 py-1.5 text-sm">
        <p className="font-semibold">{user?.full_name}</p>
        <p className="text-ink-faint">{user?.email}</p>
      </div>
      <MenuSeparator />
      {THEMES.map(({ value, icon: Icon }) => (
        <MenuItem
          key={value}
          onSelect={() => set({ theme: value })}
          className={theme === value ? 'font-semibold' : undefined}
        >
          <Icon aria-hidden />
          {t(`settings.themes.${value}`)}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem onSelect={() => router.push('/settings/')}>
        <Settings aria-hidden />
        {t('nav.settings')}
      </MenuItem>
      <MenuItem onSelect={() => logout.mutate()} data-testid="logout">
        <LogOut aria-hidden />
        {t('auth.logout')}
      </MenuItem>
    </Menu>
  );
}
