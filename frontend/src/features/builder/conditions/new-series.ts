import type { Blocks } from '@/lib/api/types';
import type { Condition, GroupName, Rules, Series } from '@/features/builder/document/model';

/** The option that leads to the list of all indicators. */
export const NEW_INDICATOR = 'new indicator';
/** The option that leads to the list of all patterns. */
export const NEW_PATTERN = 'new pattern';

/** A condition to begin with, made of what the document has. */
export function firstGuess(rules: Rules, blocks: Blocks, group: GroupName): Condition {
  const onPrice = (place: number): Series | null => {
    const entry = rules.indicators[place];
    const block = blocks.indicators.find(({ id }) => id === entry?.id);
    return entry && block?.pane === 'price' ? { name: entry.alias, output: null } : null;
  };
  const cross = group === 'entry' ? 'cross_above' : 'cross_below';
  const close: Series = { name: 'close', output: null };
  const averages = rules.indicators.flatMap((_, place) => onPrice(place) ?? []);
  const [first, second] = averages;
  if (first) {
    const [left, right] = second ? [first, second] : [close, first];
    return { kind: 'comparison', left, operator: cross, right: { kind: 'series', series: right, scale: null } };
  }
  const [entry] = rules.indicators;
  const operator = group === 'entry' ? 'greater_than' : 'less_than';
  if (entry) return { kind: 'comparison', left: { name: entry.alias, output: null }, operator, right: { kind: 'number', value: 0 } };
  return { kind: 'comparison', left: close, operator, right: { kind: 'series', series: { name: 'open', output: null }, scale: null } };
}
