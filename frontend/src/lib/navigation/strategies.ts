import { RULES } from '@/lib/parameters/schema';

interface Named {
  id: number;
  strategy_type: string;
}

/** Where a strategy is changed: a document is built on a page of its own. */
export function editHref({ id, strategy_type }: Named): string {
  return strategy_type === RULES ? `/strategies/build/?id=${id}` : `/strategies/edit/?id=${id}`;
}

/** What a strategy was and is; `number` is the version to show. */
export function versionsHref(id: number, number?: number | null): string {
  return `/strategies/versions/?id=${id}${number ? `&version=${number}` : ''}`;
}
