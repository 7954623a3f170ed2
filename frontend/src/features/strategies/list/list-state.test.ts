import { describe, expect, it } from 'vitest';
import { filterOf, isNarrowed, readListState } from './list-state';

const at = (query: Record<string, string>) => readListState((key) => query[key]);

describe('the state of the list', () => {
  it('is everything, the newest first, while the address says nothing it knows', () => {
    expect(at({})).toEqual({ state: 'all', search: '', type: undefined, sort: 'newest' });
    expect(at({ state: 'gone', sort: 'best' })).toEqual(at({}));
    expect(isNarrowed(at({ sort: 'name' }))).toBe(false);
  });
  it('becomes what the server is asked', () => {
    expect(filterOf(at({}), 2)).toEqual({ sort: 'newest', page: 2, page_size: 24 });
    expect(filterOf(at({ state: 'inactive', q: '금', type: 'momentum' }), 1)).toMatchObject({ is_active: false, search: '금', strategy_type: 'momentum' });
    expect(filterOf(at({ state: 'archived' }), 1)).toMatchObject({ archived: true, is_active: undefined });
    expect(isNarrowed(at({ state: 'archived' }))).toBe(true);
  });
});
