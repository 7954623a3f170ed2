import { isMap, isPair, isScalar, visit, type Document, type YAMLMap } from 'yaml';
import { edited, listAt, mapAt, setIn, without, type Path } from './edit';
import { GROUPS, type Condition, type GroupName, type Rules } from './model';
import { canonicalOperator } from './read';

export const INDICATORS: Path = ['strategy', 'indicators'];
export const CANDLESTICKS: Path = ['strategy', 'candlesticks'];
export const PARAMETERS: Path = ['strategy', 'params'];
export const conditionsOf = (group: GroupName): Path => ['strategy', group, 'conditions'];

type Section = 'indicators' | 'candlesticks';

/** Keys of a condition that say what its left and right sides are. */
const SERIES_KEYS = ['indicator', 'compare_to', 'value'];

/** A name nobody has yet: the word itself, or the word with a number. */
export function freeName(taken: Iterable<string>, word: string, first = 1): string {
  const names = new Set(taken);
  if (first > 1 && !names.has(word)) return word;
  for (let number = first; ; number += 1) {
    const name = `${word}_${number}`;
    if (!names.has(name)) return name;
  }
}

export const aliasesOf = (rules: Rules) => [...rules.indicators, ...rules.candlesticks].map(({ alias }) => alias);

/** How many conditions use an alias. */
export function usesOfAlias(rules: Rules, alias: string): number {
  return GROUPS.flatMap((group) => rules[group].conditions).filter((condition) => usesAlias(condition, alias)).length;
}

function usesAlias(condition: Condition, alias: string): boolean {
  if (condition.kind === 'pattern') return condition.alias === alias;
  const { left, right } = condition;
  return left.name === alias || (right.kind === 'series' && right.series.name === alias);
}

/** How many settings of indicators and right sides use a parameter. */
export function usesOfParameter(rules: Rules, name: string): number {
  const settings = rules.indicators.flatMap(({ params }) => Object.values(params));
  const rights = GROUPS.flatMap((group) => rules[group].conditions).filter(
    (condition) => condition.kind === 'comparison' && condition.right.kind === 'parameter' && condition.right.name === name,
  );
  return settings.filter((value) => value === `$${name}`).length + rights.length;
}

/** Gives an indicator or a pattern another alias, and every condition that uses it the new name. */
export function withAlias(text: string, section: Section, place: number, before: string, alias: string): string {
  return edited(text, (yaml) => {
    setIn(yaml, ['strategy', section, place, 'alias'], alias);
    const keys = section === 'indicators' ? SERIES_KEYS : ['candlestick'];
    forEachCondition(yaml, (condition) => replaceText(condition, keys, before, alias));
  });
}

/** Gives a parameter another name, everywhere. */
export function withParameterName(text: string, before: string, name: string): string {
  return edited(text, (yaml) => {
    const parameters = yaml.getIn(PARAMETERS, true);
    if (!isMap(parameters)) return;
    const pair = parameters.items.find(({ key }) => isScalar(key) && key.value === before);
    if (pair && isScalar(pair.key)) pair.key.value = name;
    // A reference is the whole text of a value, wherever the format takes one.
    visit(mapAt(yaml, ['strategy']), {
      Scalar(key, scalar) {
        if (key !== 'key' && scalar.value === `$${before}`) scalar.value = `$${name}`;
      },
    });
  });
}

/** Takes an indicator or a pattern away, with every condition that uses it. */
export function withoutEntry(text: string, section: Section, place: number, alias: string): string {
  return edited(text, (yaml) => {
    yaml.deleteIn(['strategy', section, place]);
    const keys = section === 'indicators' ? SERIES_KEYS : ['candlestick'];
    for (const group of GROUPS) {
      const list = yaml.getIn(conditionsOf(group), true);
      if (!isCollectionOfNodes(list)) continue;
      list.items = list.items.filter((item) => !isMap(item) || !keys.some((key) => item.get(key) === alias));
    }
  });
}

function isCollectionOfNodes(node: unknown): node is { items: unknown[] } {
  return typeof node === 'object' && node !== null && Array.isArray((node as { items?: unknown }).items);
}

function forEachCondition(yaml: Document, change: (condition: YAMLMap) => void): void {
  for (const group of GROUPS) {
    const list = yaml.getIn(conditionsOf(group), true);
    if (isCollectionOfNodes(list)) list.items.forEach((item) => isMap(item) && change(item));
  }
}

function replaceText(map: YAMLMap, keys: string[], before: string, after: string): void {
  for (const { key, value } of map.items) {
    if (isScalar(key) && keys.includes(String(key.value)) && isScalar(value) && value.value === before) value.value = after;
  }
}

/** Writes a condition at a place of a group, or at its end. Keys that are no part of it stay. */
export function withCondition(text: string, group: GroupName, place: number | null, condition: Condition): string {
  const path = conditionsOf(group);
  return edited(text, (yaml) => {
    if (place === null) {
      if (!yaml.hasIn(['strategy', group, 'logic'])) setIn(yaml, ['strategy', group, 'logic'], group === 'entry' ? 'AND' : 'OR');
      const made = yaml.createNode({}) as YAMLMap;
      made.flow = false;
      listAt(yaml, path).add(made);
      writeCondition(yaml, made, condition);
      return;
    }
    const node = yaml.getIn([...path, place], true);
    if (isMap(node)) writeCondition(yaml, node, condition);
  });
}

const COMPARISON_KEYS = ['indicator', 'output', 'operator', 'compare_to', 'value', 'compare_output', 'compare_scalar', 'compare_operation'];
const PATTERN_KEYS = ['candlestick', 'signal'];

function writeCondition(yaml: Document, node: YAMLMap, condition: Condition): void {
  const write = (key: string, value: unknown) => {
    const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
    if (value === undefined) node.delete(key);
    else if (pair && isScalar(pair.value)) {
      if (pair.value.value === value) return;
      pair.value.value = value;
      delete pair.value.format;
      delete pair.value.minFractionDigits;
      if (typeof value === 'number') delete pair.value.type;
    } else node.set(key, yaml.createNode(value));
  };
  if (condition.kind === 'pattern') {
    for (const key of COMPARISON_KEYS) node.delete(key);
    write('candlestick', condition.alias);
    write('signal', condition.signal);
    return;
  }
  for (const key of PATTERN_KEYS) node.delete(key);
  const { left, operator, right } = condition;
  // Another word for the same operator stays as its author wrote it.
  const written = canonicalOperator(String(node.get('operator') ?? ''));
  write('indicator', left.name);
  write('output', left.output ?? undefined);
  if (!node.has('operator') || written !== operator) write('operator', operator);
  const key = node.has('value') ? 'value' : 'compare_to';
  if (key === 'value') node.delete('compare_to');
  write(key, rightText(right));
  const series = right.kind === 'series' ? right : null;
  write('compare_output', series?.series.output ?? undefined);
  write('compare_scalar', series?.scale?.factor);
  write('compare_operation', series?.scale?.operation);
}

function rightText(right: Extract<Condition, { kind: 'comparison' }>['right']): string | number | undefined {
  switch (right.kind) {
    case 'number':
      return right.value;
    case 'parameter':
      return `$${right.name}`;
    case 'series':
      return right.series.name;
    default:
      return undefined;
  }
}

export const withoutCondition = (text: string, group: GroupName, place: number) => without(text, [...conditionsOf(group), place]);
