import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { cn } from '@/lib/cn';
import { usePreferences } from '@/lib/preferences/store';
import { NavList } from './nav-list';

/** Navigation of wide screens. */
export function Sidebar() {
  const t = useTranslations('layout');
  const collapsed = usePreferences((state) => state.sidebarCollapsed);
  const set = usePreferences((state) => state.set);
  const Icon = collapsed ? PanelLeftOpen : PanelLeftClose;
  return (
    <nav
      aria-label={t('mainNavigation')}
      className={cn(
        'sticky top-14 hidden h-[calc(100dvh-3.5rem)] shrink-0 flex-col justify-between border-r border-line bg-surface p-3 lg:flex',
        collapsed ? 'w-16' : 'w-56',
      )}
    >
      <NavList collapsed={collapsed} />
      <button
        type="button"
        onClick={() => set({ sidebarCollapsed: !collapsed })}
        aria-expanded={!collapsed}
        aria-label={t(collapsed ? 'expandSidebar' : 'collapseSidebar')}
        className={cn(
          'flex h-10 items-center gap-3 rounded-lg px-3 text-sm text-ink-faint hover:bg-raised hover:text-ink',
          collapsed && 'justify-center px-0',
        )}
      >
        <Icon aria-hidden className="size-5" />
        {!collapsed && t('collapseSidebar')}
      </button>
    </nav>
  );
}
