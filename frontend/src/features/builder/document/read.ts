import { isMap, LineCounter, parseDocument, type Document } from 'yaml';
import {
  OPERATORS,
  PATTERN_SIGNALS,
  SCALE_OPERATIONS,
  STOPS,
  type CandlestickEntry,
  type Condition,
  type Group,
  type IndicatorEntry,
  type Logic,
  type Operator,
  type Right,
  type RuleParameter,
  type Rules,
  type Stop,
} from './model';

/** A text as a form can show it, or why it cannot and on which line. */
export type Reading = { ok: true; rules: Rules } | { ok: false; line: number; message: string };

type Members = Record<string, unknown>;

/** The YAML of a document with every comment; errors are in it, not thrown. */
export function yamlOf(text: string, lineCounter?: LineCounter): Document {
  return parseDocument(text, { merge: true, lineCounter, prettyErrors: false });
}

/** Reads a text. Whether it makes sense as a strategy is the server's to say. */
export function readRules(text: string): Reading {
  const lines = new LineCounter();
  const yaml = yamlOf(text, lines);
  const [error] = yaml.errors;
  if (error) return { ok: false, line: lines.linePos(error.pos[0]).line, message: error.message };
  if (!isMap(yaml.contents)) return { ok: false, line: 1, message: '' };
  try {
    return { ok: true, rules: rulesOf(yaml.toJS({ maxAliasCount: 100 })) };
  } catch (problem) {
    // Aliases that multiply without end.
    return { ok: false, line: 1, message: problem instanceof Error ? problem.message : '' };
  }
}

const members = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
const isNumeric = (value: string) => value.trim() !== '' && Number.isFinite(Number(value));
const number = (value: unknown): number | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' && isNumeric(value) ? Number(value) : null;
};
const oneOf = <T extends string>(words: readonly T[], value: unknown): T | undefined => words.find((word) => word === value);

function rulesOf(root: unknown): Rules {
  const { metadata: head, strategy: body, risk } = members(root);
  const metadata = members(head);
  const strategy = members(body);
  const name = aliases();
  const indicators = list(strategy.indicators).map((entry) => indicatorOf(members(entry), name));
  const candlesticks = list(strategy.candlesticks).map((entry) => candlestickOf(members(entry), name));
  return {
    metadata: {
      name: text(metadata.name),
      description: text(metadata.description),
      author: text(metadata.author),
      tags: list(metadata.tags).map(text),
    },
    id: text(strategy.id),
    category: text(strategy.category),
    indicators,
    candlesticks,
    entry: groupOf(strategy.entry, 'AND'),
    exit: groupOf(strategy.exit, 'OR'),
    parameters: Object.entries(members(strategy.params)).map(([key, value]) => parameterOf(key, members(value))),
    risk: riskOf(members(risk)),
  };
}

/** Names entries without an alias as the broker's backtester does: by the number of nameless ones of the same id. */
function aliases(): (id: string, alias: unknown) => string {
  const nameless = new Map<string, number>();
  return (id, alias) => {
    if (text(alias)) return text(alias);
    const count = (nameless.get(id) ?? 0) + 1;
    nameless.set(id, count);
    return `${id}_${count}`;
  };
}

type Namer = ReturnType<typeof aliases>;

function indicatorOf(entry: Members, name: Namer): IndicatorEntry {
  const id = text(entry.id);
  return { id, alias: name(id, entry.alias), name: text(entry.name) || null, params: members(entry.params) };
}

function candlestickOf(entry: Members, name: Namer): CandlestickEntry {
  const id = text(entry.id);
  return { id, alias: name(id, entry.alias) };
}

function groupOf(value: unknown, absent: Logic): Group {
  const group = members(value);
  const written: Logic = group.logic === 'OR' ? 'OR' : 'AND';
  return {
    logic: value === undefined ? absent : written,
    conditions: list(group.conditions).map((condition) => conditionOf(members(condition))),
  };
}

function conditionOf(entry: Members): Condition {
  if (text(entry.candlestick)) {
    return { kind: 'pattern', alias: text(entry.candlestick), signal: oneOf(PATTERN_SIGNALS, entry.signal) ?? 'detected' };
  }
  return {
    kind: 'comparison',
    left: { name: text(entry.indicator) || 'price', output: text(entry.output) || null },
    operator: canonicalOperator(text(entry.operator)),
    right: rightOf(entry),
  };
}

/** Other words the broker's tools take for an operator. */
const SYNONYMS: Record<string, Operator> = {
  '': 'greater_than',
  gt: 'greater_than',
  '>': 'greater_than',
  breaks: 'greater_than',
  lt: 'less_than',
  '<': 'less_than',
  gte: 'greater_equal',
  '>=': 'greater_equal',
  lte: 'less_equal',
  '<=': 'less_equal',
  '==': 'equal',
  equals: 'equal',
  eq: 'equal',
  '!=': 'not_equal',
  crosses_above: 'cross_above',
  crossover: 'cross_above',
  indicator_cross_above: 'cross_above',
  crosses_below: 'cross_below',
  crossunder: 'cross_below',
  indicator_cross_below: 'cross_below',
};

export function canonicalOperator(written: string): string {
  const word = written.trim().toLowerCase();
  return oneOf(OPERATORS, word) ?? SYNONYMS[word] ?? written;
}

function rightOf(entry: Members): Right {
  const written = entry.value ?? entry.compare_to;
  if (typeof written === 'number') return { kind: 'number', value: written };
  const word = text(written).trim();
  if (word === '') return { kind: 'missing' };
  if (word.startsWith('$')) return { kind: 'parameter', name: word.slice(1) };
  if (entry.value !== undefined && isNumeric(word)) return { kind: 'number', value: Number(word) };
  const factor = number(entry.compare_scalar);
  const operation = entry.compare_operation === undefined ? 'mul' : oneOf(SCALE_OPERATIONS, entry.compare_operation);
  return {
    kind: 'series',
    series: { name: word, output: text(entry.compare_output) || null },
    scale: factor !== null && operation ? { operation, factor } : null,
  };
}

function parameterOf(name: string, entry: Members): RuleParameter {
  const [value, min, max, step] = [number(entry.default), number(entry.min), number(entry.max), number(entry.step)];
  const isWhole = [value, min, max, step].every((given) => given === null || Number.isInteger(given));
  return {
    name,
    default: value,
    min,
    max,
    step,
    isInteger: entry.type === undefined ? isWhole : entry.type === 'int',
    description: text(entry.description),
  };
}

function riskOf(risk: Members): Rules['risk'] {
  const stop = (name: string): Stop => {
    const entry = members(risk[name]);
    const enabled = entry.enabled === true || /^(true|yes|on)$/i.test(text(entry.enabled));
    return { enabled, percent: number(entry.percent) };
  };
  const [stop_loss, take_profit, trailing_stop] = STOPS.map(stop) as [Stop, Stop, Stop];
  return { stop_loss, take_profit, trailing_stop, maxPositionSize: number(risk.max_position_size) };
}
