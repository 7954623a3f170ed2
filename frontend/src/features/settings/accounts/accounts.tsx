import { useQuery } from '@tanstack/react-query';
import { Landmark, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { useCanWrite } from '@/lib/session/store';
import { AccountCard } from './account-card';
import { AddAccount } from './add-account';

const GRID = 'grid items-start gap-4 lg:grid-cols-2';

/** The accounts of the user, and the way to another one. */
export function Accounts() {
  const t = useTranslations('accounts');
  const canWrite = useCanWrite();
  const query = useQuery(queries.accounts());
  const [adding, setAdding] = useState(false);
  const open = () => setAdding(true);
  return (
    <section className="flex flex-col gap-4" aria-labelledby="accounts-heading">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0">
          <h2 id="accounts-heading" className="text-lg font-bold">
            {t('title')}
          </h2>
          <p className="text-sm text-ink-faint">{t('hint')}</p>
        </div>
        {canWrite && (
          <Button onClick={open} data-testid="account-new">
            <Plus aria-hidden />
            {t('add')}
          </Button>
        )}
      </div>
      <QueryView query={query} loading={<Loading />}>
        {(accounts) => (
          <div className={GRID}>
            {accounts.map((account) => (
              <AccountCard key={account.id} account={account} />
            ))}
            {accounts.every(({ broker }) => broker === 'demo') && (
              <Card className="grid place-items-center border-dashed bg-transparent shadow-none" data-testid="account-none">
                <EmptyState
                  icon={Landmark}
                  title={t('none')}
                  text={t(canWrite ? 'noneHint' : 'noneReadOnly')}
                  action={
                    canWrite && (
                      <Button variant="secondary" size="sm" onClick={open}>
                        {t('addFirst')}
                      </Button>
                    )
                  }
                />
              </Card>
            )}
          </div>
        )}
      </QueryView>
      {adding && <AddAccount onClose={() => setAdding(false)} />}
    </section>
  );
}

function Loading() {
  return (
    <div className={GRID}>
      <Skeleton className="h-64 rounded-xl" />
      <Skeleton className="h-64 rounded-xl" />
    </div>
  );
}
