import { useTranslations } from 'use-intl';
import { cn } from '@/lib/cn';
import { Link, usePathname } from '@/lib/navigation';
import { useSession } from '@/lib/session/store';
import { isCurrent, NAV_ITEMS } from './nav-items';

interface NavListProps {
  /** Icons only; the names stay for screen readers and as tooltips. */
  collapsed?: boolean;
  onNavigate?: () => void;
}

export function NavList({ collapsed = false, onNavigate }: NavListProps) {
  const t = useTranslations('nav');
  const pathname = usePathname();
  const isAdmin = useSession((state) => state.user?.role === 'admin');
  return (
    <ul className="flex flex-col gap-0.5">
      {NAV_ITEMS.filter((item) => !item.adminOnly || isAdmin).map(({ href, label, icon: Icon }) => {
        const current = isCurrent(href, pathname);
        return (
          <li key={href}>
            <Link
              href={href}
              prefetch={false}
              onClick={onNavigate}
              aria-current={current ? 'page' : undefined}
              title={collapsed ? t(label) : undefined}
              data-testid={`nav-${label}`}
              className={cn(
                'flex h-10 items-center gap-3 rounded-lg px-3 text-[0.9375rem] font-medium',
                collapsed && 'justify-center px-0',
                current
                  ? 'bg-primary text-primary-ink'
                  : 'text-ink-soft hover:bg-raised hover:text-ink',
              )}
            >
              <Icon aria-hidden className="size-5 shrink-0" />
              <span className={collapsed ? 'sr-only' : undefined}>{t(label)}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
