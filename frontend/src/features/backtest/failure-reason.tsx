import { useTranslations } from 'use-intl';

/** Why work in the background gave no result, in the server's own words. */
export function FailureReason({ error }: { error: string | null | undefined }) {
  const t = useTranslations('run');
  if (!error) return null;
  return (
    <p className="text-sm text-danger" data-testid="failure-reason">
      {t('failureReason')} <span lang="en">{error}</span>
    </p>
  );
}
