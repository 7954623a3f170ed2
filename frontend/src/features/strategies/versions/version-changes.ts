import type { StrategyChanges, StrategyVersion } from '@/lib/api/types';
import { isMembers } from '@/lib/parameters/schema';

export type FieldChange = StrategyChanges['fields'][number];

/** The setting whose lines are compared, not its value. */
const DOCUMENT = 'parameters.document';

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** A change of a map is a change of each of its members. */
export function spread({ field, before, after }: FieldChange): FieldChange[] {
  if (!isMembers(before) && !isMembers(after)) return [{ field, before, after }];
  const [old, now] = [isMembers(before) ? before : {}, isMembers(after) ? after : {}];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((key) => !same(old[key], now[key]))
    .map((key) => ({ field: `${field}.${key}`, before: old[key] ?? null, after: now[key] ?? null }));
}

const FIELDS = ['name', 'description', 'strategy_type', 'symbols'] as const;

/** In what a version differs from another one, its document as a whole. */
export function changesBetween(before: StrategyVersion, after: StrategyVersion): { fields: FieldChange[]; document: boolean } {
  const own = FIELDS.filter((field) => !same(before[field], after[field])).map((field) => ({ field, before: before[field], after: after[field] }));
  const settings = spread({ field: 'parameters', before: before.parameters, after: after.parameters });
  return {
    fields: [...own, ...settings.filter(({ field }) => field !== DOCUMENT).flatMap(spread)],
    document: settings.some(({ field }) => field === DOCUMENT),
  };
}

/** What came into a list, and what left it. */
export function listChange(before: unknown, after: unknown): { added: string[]; removed: string[] } {
  const [old, now] = [before, after].map((list) => (Array.isArray(list) ? list.map(String) : [])) as [string[], string[]];
  return { added: now.filter((entry) => !old.includes(entry)), removed: old.filter((entry) => !now.includes(entry)) };
}
