import { useTranslations } from 'use-intl';
import { StakeBadge } from '@/components/finance/account-badges';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
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
  const accountName = useAccountName();
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={t('activateTitle', { name: accountName(account) })}
      description={t('activateHint', { strategy: strategy.name })}
      confirm={t('activate')}
      variant="primary"
      onConfirm={onConfirm}
      testId="activate-confirm"
    >
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <StakeBadge account={account} />
        <span className="tabular text-ink-soft">
          {t(`brokers.${account.broker}`)} · {account.account_no}
        </span>
      </p>
      {account.env === 'live' && <p className="text-sm text-danger">{t('notArmed')}</p>}
    </ConfirmDialog>
  );
}
