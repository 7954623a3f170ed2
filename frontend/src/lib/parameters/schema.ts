import type { Locale } from '@/lib/preferences/store';

type Words = Record<Locale, string>;

interface ParameterBase {
  name: string;
  title: Words;
  description: Words;
  unit: string | null;
  group: string | null;
}

export interface NumberParameter extends ParameterBase {
  kind: 'integer' | 'number';
  minimum: number | null;
  maximum: number | null;
  default: number | null;
}

export interface ChoiceParameter extends ParameterBase {
  kind: 'choice';
  choices: string[];
  default: string | null;
}

export interface SwitchParameter extends ParameterBase {
  kind: 'boolean';
  default: boolean;
}

/** One setting of a strategy, as its JSON Schema describes it. */
export type Parameter = NumberParameter | ChoiceParameter | SwitchParameter;

export type ParameterValues = Record<string, number | string | boolean>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** The non-null type of a property: `["integer","null"]` counts as integer. */
function typeOf(property: Record<string, unknown>): unknown {
  if (!Array.isArray(property.type)) return property.type;
  return property.type.find((type) => type !== 'null');
}

function readBase(name: string, property: Record<string, unknown>): ParameterBase {
  return {
    name,
    title: {
      ko: text(property['x-title-ko']) || text(property.title) || name,
      en: text(property.title) || name,
    },
    description: {
      ko: text(property['x-description-ko']) || text(property.description),
      en: text(property.description),
    },
    unit: text(property['x-unit']) || null,
    group: text(property['x-group']) || null,
  };
}

function readParameter(name: string, property: Record<string, unknown>): Parameter | null {
  const base = readBase(name, property);
  if (Array.isArray(property.enum)) {
    const choices = property.enum.filter((choice) => typeof choice === 'string');
    return { ...base, kind: 'choice', choices, default: text(property.default) || null };
  }
  const type = typeOf(property);
  if (type === 'boolean') return { ...base, kind: 'boolean', default: property.default === true };
  if (type !== 'integer' && type !== 'number') return null;
  return {
    ...base,
    kind: type,
    minimum: number(property.minimum),
    maximum: number(property.maximum),
    default: number(property.default),
  };
}

/** Members of a JSON object have no order, so the schema states each one's place. */
function placeOf(property: Record<string, unknown>): number {
  return number(property['x-order']) ?? Infinity;
}

type Property = [string, Record<string, unknown>];

function byPlace([, a]: Property, [, b]: Property): number {
  const [first, second] = [placeOf(a), placeOf(b)];
  return first === second ? 0 : first - second;
}

/** What a strategy's schema says of each setting, in its order. */
function propertiesOf(schema: unknown): Property[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties } = schema as { properties?: unknown };
  if (typeof properties !== 'object' || properties === null) return [];
  return Object.entries(properties)
    .filter((entry): entry is Property => typeof entry[1] === 'object' && entry[1] !== null)
    .sort(byPlace);
}

/** The settings a strategy's schema describes, in its order; a document and unknown kinds are left out. */
export function readParameters(schema: unknown): Parameter[] {
  return propertiesOf(schema).flatMap(([name, property]) => readParameter(name, property) ?? []);
}

/** The setting that is a whole document, with a form of its own. */
export interface DocumentParameter extends ParameterBase {
  /** Longest text that is taken, in bytes. */
  maximum: number;
}

/** The document among the settings a strategy's schema describes; null for a type without one. */
export function readDocument(schema: unknown): DocumentParameter | null {
  for (const [name, property] of propertiesOf(schema)) {
    if (property.contentMediaType === 'application/yaml') {
      return { ...readBase(name, property), maximum: number(property.maxLength) ?? Infinity };
    }
  }
  return null;
}

/** The types whose settings fit into the fields of any form; a document is written in the form of a strategy alone. */
export function withoutDocument<T extends { parameters_schema: unknown }>(types: T[]): T[] {
  return types.filter((type) => readDocument(type.parameters_schema) === null);
}

/** What a form starts with: the given values where they fit, the schema's defaults elsewhere. */
export function initialValues(parameters: Parameter[], given: ParameterValues = {}): ParameterValues {
  const entries = parameters.map((parameter): [string, number | string | boolean] => {
    const value = given[parameter.name] ?? parameter.default ?? (parameter.kind === 'choice' ? '' : NaN);
    return [parameter.name, value];
  });
  return Object.fromEntries(entries);
}

/** Parameters by the schema's groups, in order of first appearance. */
export function groupParameters(parameters: Parameter[]): [string | null, Parameter[]][] {
  const groups = new Map<string | null, Parameter[]>();
  for (const parameter of parameters) {
    const group = groups.get(parameter.group);
    if (group) group.push(parameter);
    else groups.set(parameter.group, [parameter]);
  }
  return [...groups];
}
