import type { QueryClient, QueryKey } from '@tanstack/react-query';

/** What changes when a strategy does; types, blocks and previews stay what they are. */
export const STRATEGY_KEYS: QueryKey[] = [
  ['strategies', 'list'],
  ['strategies', 'detail'],
  ['strategies', 'versions'],
];

/** Reads what is shown of strategies again. */
export async function reloadStrategies(client: QueryClient): Promise<void> {
  await Promise.all(STRATEGY_KEYS.map((queryKey) => client.invalidateQueries({ queryKey })));
}
