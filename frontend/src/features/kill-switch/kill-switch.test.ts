import { describe, expect, it } from 'vitest';
import type { KillSwitch } from '@/lib/api/types';
import { bindingSwitch } from './use-kill-switch';

const pulled = (scope: KillSwitch['scope'], state: KillSwitch['state']): KillSwitch => ({
  scope,
  scope_id: 1,
  state,
  reason: null,
  set_by: null,
  updated_at: '',
});

describe('bindingSwitch', () => {
  it('is nothing while everything is active', () => {
    expect(bindingSwitch([pulled('global', 'active'), pulled('account', 'active')])).toBeNull();
  });
  it('prefers halted over reduce-only, and wide over narrow', () => {
    const switches = [pulled('account', 'halted'), pulled('global', 'reduce_only'), pulled('user', 'halted')];
    expect(bindingSwitch(switches)?.scope).toBe('user');
    expect(bindingSwitch(switches.slice(0, 2))?.scope).toBe('account');
    expect(bindingSwitch(switches.slice(1, 2))?.state).toBe('reduce_only');
  });
  it('does not shout about a single strategy', () => {
    expect(bindingSwitch([pulled('strategy', 'halted')])).toBeNull();
  });
});
