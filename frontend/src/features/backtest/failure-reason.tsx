import { useTranslations } from 'use-intl';

/** What has to change, where the server names the field of the request before its sentence. */
const FIELD = /^([a-z_.]+): /;

/** Why work in the background gave no result: what has to change, and the server's own words with the particulars. */
export function FailureReason({ error }: { error: string | null | undefined }) {
  const t = useTranslations('run');
  const meanings = useTranslations('run.failureOf');
  if (!error) return null;
  const meaning = FIELD.exec(error)?.[1]?.replaceAll('.', '_') as Parameters<typeof meanings.has>[0] | undefined;
  return (
    <div className="text-sm text-danger" data-testid="failure-reason">
      {meaning && meanings.has(meaning) && <p className="font-semibold">{meanings(meaning)}</p>}
      <p>
        {t('failureReason')} <span lang="en">{error}</span>
      </p>
    </div>
  );
}
