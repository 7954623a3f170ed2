import { useTranslations } from 'use-intl';

export function Footer() {
  const t = useTranslations('layout');
  return (
    <footer className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 border-t border-line px-4 py-4 text-xs text-ink-faint sm:px-6">
      <p>{t('disclaimer')}</p>
      <p className="flex gap-4">
        <a href="/docs" className="underline-offset-2 hover:underline">
          {t('apiDocs')}
        </a>
        <a href="/health" className="underline-offset-2 hover:underline">
          {t('health')}
        </a>
      </p>
    </footer>
  );
}
