'use client';

import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Link } from '@/lib/navigation';

export default function NotFound() {
  const t = useTranslations('notFound');
  return (
    <main className="grid min-h-dvh place-items-center p-6 text-center">
      <div className="flex flex-col items-center gap-3">
        <p className="text-5xl font-extrabold text-ink-faint">404</p>
        <h1 className="text-xl font-bold">{t('title')}</h1>
        <p className="text-ink-soft">{t('text')}</p>
        <Button asChild>
          <Link href="/">{t('home')}</Link>
        </Button>
      </div>
    </main>
  );
}
