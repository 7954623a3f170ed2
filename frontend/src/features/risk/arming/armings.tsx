import { useQuery } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useShownAccount } from '@/components/layout/use-shown-account';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { ArmingCard } from './arming-card';
import { PastArmings } from './past-armings';

/** More strategies than one account ever trades. */
const TRADING = { is_active: true, page: 1, page_size: 100 } as const;

/** Which strategies of the shown account may order with real money. */
export function Armings() {
  const t = useTranslations('risk.arming');
  const account = useShownAccount();
  const query = useQuery(queries.strategyList(TRADING));
  if (!account) return <Skeleton className="h-64 rounded-xl" />;
  if (account.env !== 'live') {
    return (
      <Card data-testid="arming-paper">
        <EmptyState icon={ShieldCheck} title={t('paper')} text={t('paperHint')} />
      </Card>
    );
  }
  return (
    <QueryView query={query} loading={<Skeleton className="h-64 rounded-xl" />}>
      {(page) => {
        const own = page.items.filter(({ active_accounts: accounts }) => accounts.some(({ id }) => id === account.id));
        return (
          <div className="flex flex-col gap-4">
            <p className="text-sm text-ink-soft">{t('about')}</p>
            {own.length === 0 && (
              <Card>
                <EmptyState icon={ShieldCheck} title={t('none')} text={t('noneHint')} />
              </Card>
            )}
            {own.map(({ id }) => (
              <ArmingCard key={id} id={id} />
            ))}
            <PastArmings />
          </div>
        );
      }}
    </QueryView>
  );
}
