import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Ellipsis, KeyRound, Pencil, PlugZap, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { StakeBadge } from '@/components/finance/account-badges';
import { ProblemNote } from '@/components/finance/problem-note';
import { useSelectAccount } from '@/components/layout/use-select-account';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { accounts } from '@/lib/api/accounts';
import { ACCOUNTS_KEY } from '@/lib/api/shown-account';
import type { AccountItem } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { useCanWrite } from '@/lib/session/store';
import { CheckDialog } from './check-dialog';
import { ChangeKeys } from './change-keys';
import { RemoveDialog } from './remove-dialog';
import { RenameDialog } from './rename-dialog';

type Opened = 'check' | 'rename' | 'keys' | 'remove' | null;

/** One account: whose money it is, whether it can be used, what it is worth, and what can be done with it. */
export function AccountCard({ account }: { account: AccountItem }) {
  const t = useTranslations('accounts');
  const accountName = useAccountName();
  const canWrite = useCanWrite();
  const [opened, setOpened] = useState<Opened>(null);
  const close = () => setOpened(null);
  const check = useCheck(account.id);
  const startCheck = () => {
    setOpened('check');
    check.mutate();
  };
  return (
    <Card
      className={cn('flex flex-col gap-4 p-4 sm:p-5', account.is_selected && 'border-accent ring-1 ring-accent')}
      data-testid="account-card"
      data-account-id={account.id}
      data-status={account.status}
    >
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h3 className="flex flex-wrap items-center gap-2 text-base font-bold">
            <span className="min-w-0 truncate">{accountName(account)}</span>
            <StakeBadge account={account} />
            {account.is_selected && <Badge data-testid="account-in-use">{t('inUse')}</Badge>}
          </h3>
          <p className="tabular text-sm text-ink-faint">
            {t(`brokers.${account.broker}`)}
            {account.account_no && ` · ${account.account_no}`}
          </p>
        </div>
        {canWrite && <Actions account={account} onOpen={setOpened} onCheck={startCheck} />}
      </div>
      <Condition account={account} />
      <Facts account={account} />
      {canWrite && <Foot account={account} onOpen={setOpened} onCheck={startCheck} />}
      {opened === 'check' && <CheckDialog account={account} check={check} onClose={close} onKeys={() => setOpened('keys')} />}
      {opened === 'rename' && <RenameDialog account={account} onClose={close} />}
      {opened === 'keys' && <ChangeKeys account={account} onClose={close} />}
      {opened === 'remove' && <RemoveDialog account={account} onClose={close} />}
    </Card>
  );
}

function useCheck(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => accounts.check(id),
    onSettled: () => client.invalidateQueries({ queryKey: ACCOUNTS_KEY }),
  });
}

export type Check = ReturnType<typeof useCheck>;

interface DoingProps {
  account: AccountItem;
  onOpen: (what: Opened) => void;
  onCheck: () => void;
}

function Actions({ account, onOpen, onCheck }: DoingProps) {
  const t = useTranslations('accounts');
  const accountName = useAccountName();
  if (account.broker === 'demo') return null;
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" className="-mt-1.5 -mr-2" aria-label={t('actions', { name: accountName(account) })} data-testid="account-menu">
          <Ellipsis aria-hidden />
        </Button>
      }
    >
      <MenuItem onSelect={onCheck} data-testid="account-check">
        <PlugZap aria-hidden />
        {t('checkAction')}
      </MenuItem>
      <MenuItem onSelect={() => onOpen('rename')} data-testid="account-rename">
        <Pencil aria-hidden />
        {t('rename')}
      </MenuItem>
      <MenuItem onSelect={() => onOpen('keys')} data-testid="account-keys">
        <KeyRound aria-hidden />
        {t('changeKeys')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem onSelect={() => onOpen('remove')} className="text-danger" data-testid="account-remove">
        <Trash2 aria-hidden />
        {t('remove')}
      </MenuItem>
    </Menu>
  );
}

const DOT: Record<AccountItem['status'], string> = {
  ready: 'bg-good',
  not_armed: 'bg-good',
  checking: 'animate-pulse bg-warn',
  unreachable: 'bg-warn',
  refused: 'bg-danger',
};

/** Whether it can be used, and since when that is known; what is wrong stands below with its mend. */
function Condition({ account: { broker, status, problem, checked_at } }: { account: AccountItem }) {
  const t = useTranslations('accounts');
  const format = useFormat();
  return (
    <div className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-x-2 text-sm" data-testid="account-status" data-status={status}>
        <span aria-hidden className={cn('size-2 shrink-0 rounded-full', DOT[status])} />
        <span className="font-semibold">{t(`status.${status}`)}</span>
        <span className="text-ink-faint">
          {broker === 'demo' ? t('demoAlways') : checked_at ? t('checkedAt', { time: format.dateTime(checked_at) }) : t('neverChecked')}
        </span>
      </p>
      {status === 'not_armed' && <p className="text-sm text-ink-soft">{t('notArmed')}</p>}
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}

/** Days before the end of keys from which it is worth a word. */
const ENDS_SOON_DAYS = 30;
const DAY_MS = 86_400_000;

function Facts({ account: { cash, total_assets, hts_id_hint, app_key_hint, key_expires_hint } }: { account: AccountItem }) {
  const t = useTranslations('accounts');
  const format = useFormat();
  // Fixed at first sight: a day does not end while one looks.
  const [now] = useState(() => Date.now());
  const endsSoon = key_expires_hint !== null && Date.parse(key_expires_hint) - now < ENDS_SOON_DAYS * DAY_MS;
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 rounded-lg bg-raised px-4 py-3 text-sm">
      <Figure name={t('totalAssets')} strong testId="account-total">
        {total_assets === null ? t('unknown') : format.won(total_assets)}
      </Figure>
      <Figure name={t('cash')} strong testId="account-cash">
        {cash === null ? t('unknown') : format.won(cash)}
      </Figure>
      {app_key_hint && <Figure name={t('appKey')}>{app_key_hint}</Figure>}
      {hts_id_hint && <Figure name={t('htsId')}>{hts_id_hint}</Figure>}
      {key_expires_hint && (
        <div className="col-span-2">
          <dt className="text-ink-faint">{t('keysEnd')}</dt>
          <dd className={cn('tabular font-medium', endsSoon && 'text-danger')}>
            {format.date(key_expires_hint)}
            {endsSoon && ` · ${t('keysEndSoon')}`}
          </dd>
        </div>
      )}
    </dl>
  );
}

interface FigureProps {
  name: string;
  strong?: boolean;
  testId?: string;
  children: string;
}

function Figure({ name, strong, testId, children }: FigureProps) {
  return (
    <div className="min-w-0">
      <dt className="text-ink-faint">{name}</dt>
      <dd className={cn('tabular truncate font-medium', strong && 'text-base font-bold')} data-testid={testId}>
        {children}
      </dd>
    </div>
  );
}

function Foot({ account, onOpen, onCheck }: DoingProps) {
  const t = useTranslations('accounts');
  const select = useSelectAccount();
  const isRefused = account.status === 'refused';
  if (account.is_selected && account.broker === 'demo') return null;
  return (
    <div className="mt-auto flex flex-wrap gap-2">
      {!account.is_selected && (
        <Button variant={isRefused ? 'secondary' : 'primary'} size="sm" busy={select.isPending} onClick={() => select.mutate(account.id)} data-testid="account-select">
          {t('select')}
        </Button>
      )}
      {account.broker === 'kis' && (
        <Button variant="secondary" size="sm" onClick={onCheck} data-testid="account-check-now">
          <PlugZap aria-hidden />
          {t('checkAction')}
        </Button>
      )}
      {isRefused && (
        <Button size="sm" onClick={() => onOpen('keys')} data-testid="account-keys-now">
          <KeyRound aria-hidden />
          {t('changeKeys')}
        </Button>
      )}
    </div>
  );
}
