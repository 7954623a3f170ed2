import { useQuery } from '@tanstack/react-query';
import { Check, ChevronDown, Settings2 } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import { useTranslations } from 'use-intl';
import { StakeBadge } from '@/components/finance/account-badges';
import { queries } from '@/lib/api/queries';
import type { AccountItem } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { useRouter } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import { useSelectAccount } from './use-select-account';
import { useShownAccount } from './use-shown-account';

const ITEM =
  'flex cursor-pointer items-center gap-3 rounded-lg px-2.5 py-2 text-sm outline-none data-highlighted:bg-raised data-disabled:cursor-not-allowed';

/** Says on every page which account it shows, and shows another one. */
export function AccountSwitcher() {
  const t = useTranslations('accounts');
  const router = useRouter();
  const canWrite = useCanWrite();
  const accountName = useAccountName();
  const { data: accounts = [] } = useQuery(queries.accounts());
  const shown = useShownAccount();
  const select = useSelectAccount();
  if (!shown) return null;
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger
        data-testid="account-switcher"
        data-account-id={shown.id}
        aria-busy={select.isPending || undefined}
        className={cn(
          'flex h-10 min-w-0 items-center gap-2 rounded-lg border border-line px-2 text-left hover:bg-raised sm:px-2.5',
          shown.broker === 'kis' && shown.env === 'live' && 'border-danger',
          select.isPending && 'animate-pulse',
        )}
      >
        <StakeBadge account={shown} className="px-1.5 sm:px-2" />
        <span className="min-w-0 leading-tight">
          <span className="block truncate text-sm font-semibold">{accountName(shown)}</span>
          <span className="block truncate text-xs text-ink-faint">{t(`brokers.${shown.broker}`)}</span>
        </span>
        <span className="sr-only">{t('switcherTitle')}</span>
        <ChevronDown aria-hidden className="size-4 shrink-0 text-ink-faint max-sm:hidden" />
      </Radix.Trigger>
      {/* Not in a portal: the menu belongs to the banner, where a screen reader looks for it. */}
      <Radix.Content
        align="start"
        sideOffset={6}
        collisionPadding={12}
        className="z-50 max-h-[70dvh] w-80 max-w-[calc(100vw-1.5rem)] animate-fade overflow-y-auto rounded-xl border border-line bg-surface p-1.5 shadow-pop"
      >
        <Radix.Label className="px-2.5 pt-1.5 pb-1 text-xs font-semibold text-ink-faint">{t('switcherTitle')}</Radix.Label>
        <Radix.RadioGroup
          value={String(shown.id)}
          onValueChange={(id) => id !== String(shown.id) && select.mutate(Number(id))}
        >
          {accounts.map((account) => (
            <Choice key={account.id} account={account} disabled={!canWrite} />
          ))}
        </Radix.RadioGroup>
        <Radix.Separator className="my-1.5 h-px bg-line" />
        <Radix.Item className={ITEM} onSelect={() => router.push('/settings/?tab=accounts')} data-testid="accounts-manage">
          <Settings2 aria-hidden className="size-4 text-ink-faint" />
          {t('manage')}
        </Radix.Item>
      </Radix.Content>
    </Radix.Root>
  );
}

function Choice({ account, disabled }: { account: AccountItem; disabled: boolean }) {
  const t = useTranslations('accounts');
  const format = useFormat();
  const accountName = useAccountName();
  const isWell = account.status === 'ready' || account.status === 'not_armed';
  return (
    <Radix.RadioItem
      value={String(account.id)}
      disabled={disabled}
      className={ITEM}
      data-testid="account-choice"
      data-account-id={account.id}
    >
      <span className="grid size-4 shrink-0 place-items-center">
        <Radix.ItemIndicator>
          <Check aria-hidden className="size-4 text-accent" />
        </Radix.ItemIndicator>
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate font-semibold">{accountName(account)}</span>
          <StakeBadge account={account} className="shrink-0" />
        </span>
        <span className="tabular flex flex-wrap justify-between gap-x-3 text-xs text-ink-faint">
          <span>{account.account_no ?? t(`brokers.${account.broker}`)}</span>
          {isWell ? (
            account.total_assets !== null && <span>{format.won(account.total_assets)}</span>
          ) : (
            <span className="font-medium text-danger">{t(`status.${account.status}`)}</span>
          )}
        </span>
      </span>
    </Radix.RadioItem>
  );
}
