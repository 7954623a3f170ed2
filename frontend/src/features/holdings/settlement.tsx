import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Fact } from '@/components/ui/fact';
import { queries } from '@/lib/api/queries';
import { useFormat } from '@/lib/format/use-format';

/** When cash settles, and how much of it may leave the account. */
export function Settlement() {
  const t = useTranslations('account');
  const format = useFormat();
  const { data: balance } = useQuery(queries.balance());
  if (!balance) return null;
  return (
    <Card>
      <CardHeader title={t('settlement')} hint={t('settlementHint')} />
      <CardBody>
        <dl>
          <Fact name={t('settled')}>{format.won(balance.settled_cash)}</Fact>
          <Fact name={t('settledD1')}>{format.won(balance.settled_cash_d1)}</Fact>
          <Fact name={t('settledD2')}>{format.won(balance.settled_cash_d2)}</Fact>
          <Fact name={t('withdrawable')} strong testId="withdrawable-cash">
            {format.won(balance.withdrawable_cash)}
          </Fact>
        </dl>
      </CardBody>
    </Card>
  );
}
