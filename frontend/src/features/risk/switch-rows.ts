import type { AccountItem, KillSwitch, Strategy, User } from '@/lib/api/types';

type Scope = KillSwitch['scope'];

/** A kill switch as a person meets it: pulled or not. */
export interface SwitchRow {
  scope: Scope;
  /** Null for the global one. */
  id: number | null;
  /** What an account or a strategy is called; null where the scope says it all. */
  name: string | null;
  state: KillSwitch['state'];
  reason: string | null;
  by: string | null;
  /** When it was last pulled or cleared; null if it never was. */
  since: string | null;
  mayChange: boolean;
}

interface Known {
  switches: KillSwitch[];
  accounts: AccountItem[];
  strategies: Pick<Strategy, 'id' | 'name'>[];
  user: Pick<User, 'id' | 'role'>;
  accountName: (account: AccountItem) => string;
}

/**
 * Every switch that touches a person, wide before narrow: all users, the person, each account, each strategy. One that
 * was never pulled has no row on the server and is active.
 */
export function switchRows({ switches, accounts, strategies, user, accountName }: Known): SwitchRow[] {
  const row = (scope: Scope, id: number | null, name: string | null, mayChange: boolean): SwitchRow => {
    const found = switches.find((entry) => entry.scope === scope && entry.scope_id === id);
    const { state = 'active', reason = null, set_by: by = null, updated_at: since = null } = found ?? {};
    return { scope, id, name, state, reason, by, since, mayChange };
  };
  const mayTrade = user.role !== 'viewer';
  return [
    row('global', null, null, user.role === 'admin'),
    row('user', user.id, null, mayTrade),
    ...accounts.map((account) => row('account', account.id, accountName(account), mayTrade)),
    ...strategies.map(({ id, name }) => row('strategy', id, name, mayTrade)),
  ];
}

/** The pulled switches that stop orders of one account, wide before narrow. */
export function pulledFor(rows: SwitchRow[], accountId: number): SwitchRow[] {
  return rows.filter(
    ({ scope, id, state }) => state !== 'active' && (scope === 'global' || scope === 'user' || (scope === 'account' && id === accountId)),
  );
}
