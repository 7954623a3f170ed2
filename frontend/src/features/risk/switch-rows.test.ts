import { describe, expect, it } from 'vitest';
import type { KillSwitch } from '@/lib/api/types';
import { make } from '@/lib/testing/data';
import { pulledFor, switchRows } from './switch-rows';

const pulled = (scope: KillSwitch['scope'], scope_id: number | null, state: KillSwitch['state'] = 'halted'): KillSwitch => ({
  scope,
  scope_id,
  state,
  reason: '점검',
  set_by: '김관리',
  updated_at: '2026-11-20T10:00:00+09:00',
});

const known = {
  accounts: [make.account({ id: 3 }), make.account({ id: 4, name: '모의' })],
  strategies: [{ id: 3, name: '모멘텀' }],
  user: { id: 9, role: 'user' as const },
  accountName: ({ name }: { name: string }) => name,
};

describe('switchRows', () => {
  it('lists every scope, wide before narrow, as active where nobody pulled it', () => {
    const rows = switchRows({ ...known, switches: [] });
    expect(rows.map(({ scope, name }) => [scope, name])).toEqual([
      ['global', null],
      ['user', null],
      ['account', 'Demo'],
      ['account', '모의'],
      ['strategy', '모멘텀'],
    ]);
    expect(rows.every(({ state, since }) => state === 'active' && since === null)).toBe(true);
  });

  it('tells an account from a strategy with the same number', () => {
    const rows = switchRows({ ...known, switches: [pulled('strategy', 3, 'reduce_only')] });
    expect(rows.filter(({ state }) => state !== 'active')).toEqual([
      { scope: 'strategy', id: 3, name: '모멘텀', state: 'reduce_only', reason: '점검', by: '김관리', since: '2026-11-20T10:00:00+09:00', mayChange: true },
    ]);
  });

  it('leaves the global switch to admins, and nothing to viewers', () => {
    const may = (role: 'admin' | 'user' | 'viewer') => switchRows({ ...known, user: { id: 9, role }, switches: [] }).map(({ mayChange }) => mayChange);
    expect(may('admin')).toEqual([true, true, true, true, true]);
    expect(may('user')).toEqual([false, true, true, true, true]);
    expect(may('viewer')).toEqual([false, false, false, false, false]);
  });
});

describe('pulledFor', () => {
  it('is what stops one account, and not what stops another or a strategy', () => {
    const switches = [pulled('global', null), pulled('account', 3), pulled('account', 4), pulled('strategy', 3)];
    const rows = switchRows({ ...known, switches });
    expect(pulledFor(rows, 4).map(({ scope, id }) => [scope, id])).toEqual([
      ['global', null],
      ['account', 4],
    ]);
  });
});
