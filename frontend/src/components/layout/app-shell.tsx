import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Link } from '@/lib/navigation';
import { AccountSwitcher } from './account-switcher';
import { Footer } from './footer';
import { LanguageButton } from './language-switch';
import { Logo } from './logo';
import { PhoneNav } from './phone-nav';
import { Sidebar } from './sidebar';
import { ConnectionBadge } from './connection-badge';

interface AppShellProps {
  /** Stands above everything, such as "trading is halted". */
  banner: ReactNode;
  /** The halt button. */
  actions: ReactNode;
  account: ReactNode;
  children: ReactNode;
}

export function AppShell({ banner, actions, account, children }: AppShellProps) {
  const t = useTranslations('layout');
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="sr-only z-[70] rounded-lg bg-primary px-4 py-2 text-primary-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t('skipToContent')}
      </a>
      <header className="group/header sticky top-0 z-40 flex h-14 items-center gap-2 border-b border-line bg-surface px-3 sm:gap-3 sm:px-5">
        <Link href="/" prefetch={false} aria-label={t('home')} className="shrink-0 rounded-md">
          <Logo compact />
        </Link>
        <AccountSwitcher />
        <div className="ml-auto flex shrink-0 items-center gap-1.5 sm:gap-3">
          <ConnectionBadge />
          {/* A phone has no room for both; the language is in the settings too. */}
          <span className="max-sm:group-has-[[data-testid=notification-bell]]/header:hidden">
            <LanguageButton />
          </span>
          {actions}
          {account}
        </div>
      </header>
      {banner}
      <div className="flex flex-1">
        <Sidebar />
        <div className="flex min-w-0 flex-1 flex-col pb-[calc(3.5rem+env(safe-area-inset-bottom))] lg:pb-0">
          <main id="main" tabIndex={-1} className="flex-1 px-3 py-5 outline-none sm:px-6 sm:py-6">
            <div className="mx-auto w-full max-w-[90rem]">{children}</div>
          </main>
          <Footer />
        </div>
      </div>
      <PhoneNav />
    </div>
  );
}
