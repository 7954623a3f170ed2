import { useTranslations } from 'use-intl';
import { StakeBadge } from '@/components/finance/account-badges';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import type { AccountItem, Strategy } from '@/lib/api/types';
import { useAccountName } from '@/lib/i18n/use-account-name';

interface ActivateDialogProps {
  account: AccountItem;
  strategy: Strategy;
  onClose: () => void;
  onConfirm: () => void;
}

/** Says on which account a strategy is about to trade. */
export function ActivateDialog({ account, strategy, onClose, onConfirm }: ActivateDialogProps) {
  const t = useTranslations('accounts');
  const common = useTranslations('common');
  const accountName = useAccountName();
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('activateTitle', { name: accountName(account) })}
      description={t('activateHint', { strategy: strategy.name })}
    >
      <div className="flex flex-col gap-4">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <StakeBadge account={account} />
          <span className="tabular text-ink-soft">
            {t(`brokers.${account.broker}`)} · {account.account_no}
          </span>
        </p>
        {account.env === 'live' && <p className="text-sm text-danger">{t('notArmed')}</p>}
        <div className="flex justify-end gap-2">
          <Button variant="secondary" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button onClick={onConfirm} data-testid="activate-confirm">
            {t('activate')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
