import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { PasswordDialog, type Confirmed } from '@/components/finance/password-dialog';
import { Button } from '@/components/ui/button';
import { accounts } from '@/lib/api/accounts';
import { putAccount } from '@/lib/api/shown-account';
import type { AccountItem } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';
import { useCanWrite } from '@/lib/session/store';

interface ReviewNoteProps {
  account: AccountItem;
  review: NonNullable<AccountItem['review']>;
}

/** Why an account only reads and cancels, and the way out for whoever has looked at its books. */
export function ReviewNote({ account, review }: ReviewNoteProps) {
  const t = useTranslations('risk.review');
  const reasons = useTranslations('risk.review.reasons');
  const format = useFormat();
  const client = useQueryClient();
  const canWrite = useCanWrite();
  const [asking, setAsking] = useState(false);
  const release = async (values: Confirmed) => putAccount(client, await accounts.release(account.id, values));
  return (
    <div className="flex flex-col items-start gap-1.5 rounded-lg bg-surface px-3 py-2 text-sm" data-testid="risk-review">
      <p className="font-semibold">{t('title')}</p>
      <p className="text-ink-soft">{wordOf(reasons, review.reason)}</p>
      <p className="tabular text-xs text-ink-faint">{format.dateTime(review.since)}</p>
      {canWrite && (
        <Button size="sm" onClick={() => setAsking(true)} data-testid="review-release">
          {t('release')}
        </Button>
      )}
      {asking && (
        <PasswordDialog
          title={t('releaseTitle')}
          description={t('releaseHint')}
          confirm={t('release')}
          run={release}
          onClose={() => setAsking(false)}
          testId="review"
        />
      )}
    </div>
  );
}
