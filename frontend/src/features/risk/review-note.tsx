import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import type { AccountItem } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { Link } from '@/lib/navigation';
import { ReleaseBooks } from './release-books';

interface ReviewNoteProps {
  account: AccountItem;
  review: NonNullable<AccountItem['review']>;
}

/** Why an account only reads and cancels, what to look at, and the way out for whoever has. */
export function ReviewNote({ account, review }: ReviewNoteProps) {
  const t = useTranslations('risk.review');
  const reasons = useTranslations('risk.review.reasons');
  const looks = useTranslations('risk.review.looks');
  const format = useFormat();
  const { reason, since } = review;
  return (
    <div className="flex flex-col items-start gap-1.5 rounded-lg bg-surface px-3 py-2.5 text-sm" data-testid="risk-review" data-reason={reason}>
      <p className="font-semibold">{t('title')}</p>
      <p>{reasons.has(reason as never) ? reasons(reason as never) : t('otherReason', { reason })}</p>
      <p className="text-ink-soft">{looks.has(reason as never) ? looks(reason as never) : looks('other')}</p>
      <p className="tabular text-xs text-ink-faint">{t('since', { time: format.dateTime(since) })}</p>
      <div className="flex flex-wrap gap-2 pt-1">
        <ReleaseBooks accountId={account.id} label={t('release')} />
        {reason === 'EXTERNAL_FILL' && (
          <Button asChild variant="secondary" size="sm">
            <Link href="/proof/?tab=external" prefetch={false}>
              {t('toExternal')}
            </Link>
          </Button>
        )}
      </div>
    </div>
  );
}
