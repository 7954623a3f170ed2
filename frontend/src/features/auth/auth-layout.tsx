import type { ReactNode } from 'react';
import { LanguageSwitch } from '@/components/layout/language-switch';
import { Logo } from '@/components/layout/logo';
import { Card } from '@/components/ui/card';

interface AuthLayoutProps {
  title: string;
  description?: string;
  children: ReactNode;
}

export function AuthLayout({ title, description, children }: AuthLayoutProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between px-5 py-4">
        <Logo />
        <LanguageSwitch />
      </header>
      <main className="grid flex-1 place-items-center px-4 pt-4 pb-20">
        <Card className="w-full max-w-md p-6 sm:p-8">
          <h1 className="text-2xl font-extrabold tracking-tight">{title}</h1>
          {description && <p className="mt-1.5 text-sm text-ink-soft">{description}</p>}
          <div className="mt-6">{children}</div>
        </Card>
      </main>
    </div>
  );
}
