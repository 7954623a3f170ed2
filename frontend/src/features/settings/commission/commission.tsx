import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { CommissionForm } from './commission-form';

/** What the account pays for trading. */
export function Commission() {
  const t = useTranslations('settings');
  const query = useQuery(queries.commission());
  return (
    <Card data-testid="commission">
      <CardHeader title={t('commission')} hint={t('commissionHint')} />
      <CardBody>
        <QueryView query={query} loading={<SkeletonRows rows={4} />}>
          {(terms) => <CommissionForm terms={terms} />}
        </QueryView>
      </CardBody>
    </Card>
  );
}
