import { Dialog as Radix } from 'radix-ui';
import { Menu as MenuIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { CloseIcon } from '@/components/ui/icons';
import { cn } from '@/lib/cn';
import { Link, usePathname } from '@/lib/navigation';
import { Logo } from './logo';
import { isCurrent, PHONE_ITEMS } from './nav-items';
import { NavList } from './nav-list';

const TAB =
  'flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-[0.6875rem] font-semibold';

/** Navigation of phones and tablets: a bar at the foot, and a drawer for the rest. */
export function PhoneNav() {
  const t = useTranslations();
  const pathname = usePathname();
  const [open, setOpen] = useState(false);
  return (
    <nav
      aria-label={t('layout.mainNavigation')}
      className="fixed inset-x-0 bottom-0 z-40 flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      {PHONE_ITEMS.map(({ href, label, icon: Icon }) => {
        const current = isCurrent(href, pathname);
        return (
          <Link
            key={href}
            href={href}
            prefetch={false}
            aria-current={current ? 'page' : undefined}
            className={cn(TAB, current ? 'text-ink' : 'text-ink-faint')}
          >
            <Icon aria-hidden className={cn('size-5', current && 'stroke-[2.4]')} />
            {t(`nav.${label}`)}
          </Link>
        );
      })}
      <Radix.Root open={open} onOpenChange={setOpen}>
        <Radix.Trigger className={cn(TAB, 'text-ink-faint')} data-testid="nav-more">
          <MenuIcon aria-hidden className="size-5" />
          {t('layout.more')}
        </Radix.Trigger>
        <Radix.Portal>
          <Radix.Overlay className="fixed inset-0 z-50 animate-fade bg-black/55" />
          <Radix.Content
            aria-describedby={undefined}
            className="fixed inset-y-0 left-0 z-50 w-72 max-w-[85vw] animate-slide overflow-y-auto bg-surface p-4 shadow-pop"
          >
            <Radix.Title className="sr-only">{t('layout.mainNavigation')}</Radix.Title>
            <div className="mb-4 flex items-center justify-between">
              <Logo />
              <Radix.Close
                aria-label={t('common.close')}
                className="grid size-10 place-items-center rounded-md text-ink-faint hover:bg-raised"
              >
                <CloseIcon />
              </Radix.Close>
            </div>
            <NavList onNavigate={() => setOpen(false)} />
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </nav>
  );
}
