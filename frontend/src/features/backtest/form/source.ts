import type { BacktestDetail, Strategy, StrategyType } from '@/lib/api/types';
import { storedIds, type Source } from './values';

/** What the address asks to test; otherwise what the earlier run tested, otherwise the first kind there is. */
export function sourceOf(
  get: (key: string) => string | undefined,
  types: Pick<StrategyType, 'strategy_type'>[],
  strategies: Pick<Strategy, 'id'>[],
  run: Pick<BacktestDetail, 'strategy_type' | 'strategies'> | null,
): Source | null {
  const wanted = Number(get('strategy'));
  if (strategies.some(({ id }) => id === wanted)) {
    const version = Number(get('version'));
    return { kind: 'strategy', id: wanted, ...(Number.isInteger(version) && version > 0 && { version }) };
  }
  const several = get('several') !== undefined || (!get('type') && run !== null && storedIds(run).length > 1);
  if (several && strategies.length > 1) return { kind: 'several' };
  const name = get('type') ?? run?.strategy_type;
  const type = types.find(({ strategy_type }) => strategy_type === name) ?? types[0];
  return type ? { kind: 'type', type: type.strategy_type } : null;
}
