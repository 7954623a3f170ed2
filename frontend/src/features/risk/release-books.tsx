import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { PasswordDialog, type Confirmed } from '@/components/finance/password-dialog';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { accounts } from '@/lib/api/accounts';
import { putAccount } from '@/lib/api/shown-account';
import { useCanWrite } from '@/lib/session/store';

interface ReleaseBooksProps {
  accountId: number;
  /** The word on the button: of a release from review, or of taking the books over alone. */
  label: string;
}

/** Takes the broker's cash and shares over, once a person has looked at them there. An account in review may trade again. */
export function ReleaseBooks({ accountId, label }: ReleaseBooksProps) {
  const t = useTranslations('risk.review');
  const client = useQueryClient();
  const canWrite = useCanWrite();
  const [asking, setAsking] = useState(false);
  const release = async (values: Confirmed) => {
    putAccount(client, await accounts.release(accountId, values));
    toast.success(t('released'));
  };
  if (!canWrite) return null;
  return (
    <>
      <Button size="sm" onClick={() => setAsking(true)} data-testid="review-release">
        {label}
      </Button>
      {asking && (
        <PasswordDialog
          title={t('releaseTitle')}
          description={t('releaseHint')}
          confirm={label}
          run={release}
          onClose={() => setAsking(false)}
          testId="review"
        />
      )}
    </>
  );
}
