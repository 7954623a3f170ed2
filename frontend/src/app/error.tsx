'use client';

import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';

/** A page that broke: says so, keeps the address, and offers to try again. */
export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  const t = useTranslations();
  return (
    <div role="alert" className="grid min-h-[60dvh] place-items-center p-6 text-center">
      <div className="flex flex-col items-center gap-3">
        <h1 className="text-xl font-bold">{t('errorPage.title')}</h1>
        <p className="max-w-md text-ink-soft">{t('errorPage.text')}</p>
        <Button onClick={reset}>{t('common.retry')}</Button>
      </div>
    </div>
  );
}
