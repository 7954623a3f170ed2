import type { StrategyFilter } from '@/lib/api/strategies';
import type { StrategySort } from '@/lib/api/types';

export const STATES = ['all', 'active', 'inactive', 'archived'] as const;
export const SORTS: StrategySort[] = ['newest', 'name', 'return'];
export const PAGE_SIZE = 24;

/** What the address says of the list. */
export interface ListState {
  state: (typeof STATES)[number];
  search: string;
  type: string | undefined;
  sort: StrategySort;
}

export function readListState(get: (key: string) => string | undefined): ListState {
  return {
    state: STATES.find((value) => value === get('state')) ?? 'all',
    search: get('q') ?? '',
    type: get('type'),
    sort: SORTS.find((value) => value === get('sort')) ?? 'newest',
  };
}

/** Whether anything keeps strategies out of the list. */
export function isNarrowed({ state, search, type }: ListState): boolean {
  return state !== 'all' || search !== '' || type !== undefined;
}

export function filterOf({ state, search, type, sort }: ListState, page: number): StrategyFilter {
  return {
    search: search || undefined,
    strategy_type: type,
    is_active: state === 'active' ? true : state === 'inactive' ? false : undefined,
    archived: state === 'archived' || undefined,
    sort,
    page,
    page_size: PAGE_SIZE,
  };
}
