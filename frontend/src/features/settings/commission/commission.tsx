import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { AccountItem } from '@/lib/api/types';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { CommissionForm } from './commission-form';

/** What an account pays for trading. */
export function Commission({ account }: { account: AccountItem }) {
  const t = useTranslations('settings');
  const accountName = useAccountName();
  const query = useQuery(queries.commission());
  return (
    <Card data-testid="commission">
      <CardHeader title={t('commissionOf', { account: accountName(account) })} hint={t('commissionHint')} />
      <CardBody>
        <QueryView query={query} loading={<SkeletonRows rows={4} />}>
          {(terms) => <CommissionForm terms={terms} />}
        </QueryView>
      </CardBody>
    </Card>
  );
}
