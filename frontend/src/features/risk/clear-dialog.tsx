import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { OrderStateBadge } from '@/components/finance/badges';
import { PasswordDialog } from '@/components/finance/password-dialog';
import { SymbolLabel } from '@/components/finance/symbol-label';
import { queries } from '@/lib/api/queries';
import { isInDoubt } from '@/lib/orders/states';
import type { SwitchRow } from './switch-rows';
import { useClear } from './use-pull';

/** Lets trading go on after a person has seen what is still in doubt. */
export function ClearDialog({ row, title, onClose }: { row: SwitchRow; title: string; onClose: () => void }) {
  const t = useTranslations('risk.switches');
  const clear = useClear(row);
  return (
    <PasswordDialog
      title={t('clearTitle', { name: title })}
      description={t('clearHint')}
      confirm={t('clear')}
      run={clear.mutateAsync}
      onClose={onClose}
      testId="clear"
    >
      <InDoubt />
    </PasswordDialog>
  );
}

/** The orders of the shown account that may or may not be at the broker. */
function InDoubt() {
  const t = useTranslations('risk.switches');
  const { data } = useQuery(queries.orderList({ status: 'pending', page: 1, page_size: 100 }));
  if (!data) return null;
  const doubts = data.items.filter(({ state }) => isInDoubt(state));
  if (doubts.length === 0) return <p className="text-sm text-ink-soft">{t('noDoubts')}</p>;
  return (
    <div className="rounded-lg bg-warn-soft px-3 py-2.5 text-sm" data-testid="clear-doubts">
      <p className="font-semibold text-warn">{t('doubts', { count: doubts.length })}</p>
      <ul className="mt-1.5 flex flex-col gap-1">
        {doubts.map((order) => (
          <li key={order.id} className="flex flex-wrap items-center justify-between gap-2">
            <SymbolLabel issue={order} linked={false} />
            <OrderStateBadge order={order} />
          </li>
        ))}
      </ul>
    </div>
  );
}
