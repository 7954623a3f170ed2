import type { Blocks } from '@/lib/api/types';
import { withItem } from '@/features/builder/document/edit';
import type { Rules } from '@/features/builder/document/model';
import { aliasesOf, CANDLESTICKS, freeName, INDICATORS } from '@/features/builder/document/rules-edit';

export type EntryKind = 'indicators' | 'candlesticks';

/** The text with one more indicator or pattern, and the name it got. Every parameter is written, as all tools want it. */
export function withNewEntry(text: string, rules: Rules, blocks: Blocks, kind: EntryKind, id: string): { text: string; alias: string } {
  const alias = freeName(aliasesOf(rules), id);
  if (kind === 'candlesticks') return { text: withItem(text, CANDLESTICKS, { id, alias }), alias };
  const parameters = blocks.indicators.find((block) => block.id === id)?.parameters ?? [];
  const params = Object.fromEntries(parameters.map(({ key, default: usual }) => [key, usual]));
  return { text: withItem(text, INDICATORS, parameters.length > 0 ? { id, alias, params } : { id, alias }), alias };
}
