import type { Blocks, IndicatorBlock } from '@/lib/api/types';
import { particleAfter, type Particle } from '@/lib/i18n/josa';
import type { ParameterValue } from '@/lib/parameters/schema';
import type { Locale } from '@/lib/preferences/store';
import type { Condition, IndicatorEntry, Right, Rules, Series } from '@/features/builder/document/model';

/** The words of the catalogue that labels and sentences are made of. */
export interface Phrases {
  /** A length in bars before a name: `5일` or `5봉`. */
  length: (bars: string) => string;
  output: (name: string) => string;
  choice: (word: string) => string;
  comparison: (left: string, operator: string, right: string) => string;
  pattern: (name: string, signal: 'bullish' | 'bearish' | 'detected') => string;
  missing: string;
}

interface Subject {
  locale: Locale;
  blocks: Blocks;
  rules: Rules;
  /** Values of parameters in place of their defaults. */
  overrides: Record<string, ParameterValue>;
  phrases: Phrases;
}

/** Names what a document speaks of, as a person would. */
export interface Words {
  indicator: (entry: IndicatorEntry) => string;
  pattern: (alias: string) => string;
  series: (series: Series) => string;
  right: (right: Right) => string;
  operator: (operator: string) => string;
  /** The particle behind the right side in Korean; empty in English. */
  afterLeft: (left: string) => string;
  afterRight: (right: string, operator: string) => string;
  sentence: (condition: Condition) => string;
}

const SIGNS = { mul: '×', div: '÷', add: '+', sub: '−' } as const;

/** What ties the right side to its operator; the others need nothing. */
const TIES: Record<string, Particle> = { cross_above: 'object', cross_below: 'object', equal: 'with', not_equal: 'with' };

/** `Simple moving average (SMA)`: Korean reads the name, English the letters it is known by. */
export function shortTitle({ title }: IndicatorBlock, locale: Locale): string {
  const letters = /^(.*\S)\s*\(([^)]+)\)$/.exec(title[locale]);
  return letters?.[locale === 'ko' ? 1 : 2] ?? title[locale];
}

export function wordsOf({ locale, blocks, rules, overrides, phrases }: Subject): Words {
  const number = new Intl.NumberFormat(locale === 'ko' ? 'ko-KR' : 'en-US', { maximumFractionDigits: 10 });
  const kinds = new Map(blocks.indicators.map((block) => [block.id, block]));
  const particle = (word: string, kind: Particle) => (locale === 'ko' ? particleAfter(word, kind) : '');

  const valueOf = (given: unknown): string => {
    if (typeof given === 'number') return number.format(given);
    if (typeof given !== 'string') return '';
    if (!given.startsWith('$')) return phrases.choice(given);
    const name = given.slice(1);
    const value = overrides[name] ?? rules.parameters.find((parameter) => parameter.name === name)?.default;
    return typeof value === 'number' ? number.format(value) : given;
  };
  const plainLabel = (entry: IndicatorEntry): string => {
    const block = kinds.get(entry.id);
    if (entry.name) return entry.name;
    if (!block) return entry.alias;
    const short = shortTitle(block, locale);
    const values = block.parameters.map(({ key, default: usual }) => valueOf(entry.params[key] ?? usual));
    if (values.length === 0) return short;
    if (values.length === 1 && block.parameters[0]?.key === 'period' && locale === 'ko') return `${phrases.length(values[0] ?? '')} ${short}`;
    return `${short}(${values.join(', ')})`;
  };
  const labels = rules.indicators.map(plainLabel);
  const indicator = (entry: IndicatorEntry): string => {
    const label = plainLabel(entry);
    return labels.filter((other) => other === label).length > 1 ? `${label} [${entry.alias}]` : label;
  };

  const series = ({ name, output }: Series): string => {
    const field = blocks.price_fields.find(({ id }) => id === (name === 'price' ? 'close' : name));
    const entry = rules.indicators.find(({ alias }) => alias === name);
    if (!entry) return field?.title[locale] ?? name;
    const block = kinds.get(entry.id);
    if (!block || block.outputs.length < 2) return indicator(entry);
    return `${indicator(entry)} ${phrases.output(output ?? block.default_output)}`;
  };
  const right = (side: Right): string => {
    switch (side.kind) {
      case 'number':
        return number.format(side.value);
      case 'parameter':
        return valueOf(`$${side.name}`);
      case 'series':
        return side.scale
          ? `${series(side.series)} ${SIGNS[side.scale.operation]} ${number.format(side.scale.factor)}`
          : series(side.series);
      default:
        return phrases.missing;
    }
  };
  const operator = (id: string) => blocks.operators.find((known) => known.id === id)?.title[locale] ?? id;
  const pattern = (alias: string) => {
    const entry = rules.candlesticks.find((declared) => declared.alias === alias);
    const block = blocks.candlesticks.find(({ id }) => id === entry?.id);
    return block?.title[locale] ?? alias;
  };
  const afterLeft = (left: string) => particle(left, 'subject');
  const afterRight = (word: string, id: string) => {
    const tie = TIES[id];
    return tie ? particle(word, tie) : '';
  };
  const sentence = (condition: Condition): string => {
    if (condition.kind === 'pattern') return phrases.pattern(pattern(condition.alias), condition.signal);
    const left = series(condition.left);
    const other = right(condition.right);
    return phrases.comparison(
      left + afterLeft(left),
      operator(condition.operator),
      other + afterRight(other, condition.operator),
    );
  };
  return { indicator, pattern, series, right, operator, afterLeft, afterRight, sentence };
}
