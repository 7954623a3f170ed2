import type { Blocks, Strategy } from '@/lib/api/types';
import { RULES, type ParameterValue } from '@/lib/parameters/schema';
import type { Locale } from '@/lib/preferences/store';
import { withValue } from '@/features/builder/document/edit';
import { readRules } from '@/features/builder/document/read';
import type { Draft } from './use-draft';

/** A document without a rule. */
export function blankDocument(name: string): string {
  const blank = `version: "1.0"

metadata:
  name: strategy
  description: ""
  author: user
  tags: []

strategy:
  id: my_strategy
  category: custom
  params: {}
  indicators: []
  entry:
    logic: AND
    conditions: []
  exit:
    logic: OR
    conditions: []

risk: {}
`;
  return withValue(blank, ['metadata', 'name'], name);
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const overridesOf = (value: unknown) => (typeof value === 'object' && value !== null ? (value as Record<string, ParameterValue>) : {});

/** A draft that begins with a document. */
export function draftOf(document: string, fallback: string): Draft {
  const reading = readRules(document);
  return { name: (reading.ok && reading.rules.metadata.name) || fallback, symbols: [], document, overrides: {} };
}

/** A draft of a stored strategy; null for one that is no document. */
export function draftOfStrategy(strategy: Strategy): Draft | null {
  if (strategy.strategy_type !== RULES) return null;
  const { document, overrides } = strategy.parameters as Record<string, unknown>;
  return { name: strategy.name, symbols: strategy.symbols, document: textOf(document), overrides: overridesOf(overrides) };
}

/** A draft that begins with a preset, called as the reader calls it. */
export function draftOfPreset({ document, name }: Blocks['presets'][number], locale: Locale): Draft {
  return { ...draftOf(document, name[locale]), name: name[locale] };
}

/** The preset with this id, or with this English name. */
export function presetOf(blocks: Blocks, wanted: string | undefined) {
  return blocks.presets.find(({ id, name }) => id === wanted || name.en === wanted);
}

/** Values handed over in an address, such as those an optimisation found. */
export function overridesIn(text: string | undefined): Record<string, ParameterValue> | null {
  if (!text) return null;
  try {
    const read = Object.entries(JSON.parse(text) as object).filter(([, value]) => typeof value === 'number');
    return Object.fromEntries(read) as Record<string, ParameterValue>;
  } catch {
    return null;
  }
}
