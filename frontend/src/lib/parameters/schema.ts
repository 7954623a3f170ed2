import type { Locale } from '@/lib/preferences/store';

type Words = Record<Locale, string>;

interface ParameterBase {
  /** Its key among the values; one of a document's own is under `overrides.`. */
  name: string;
  title: Words;
  description: Words;
  unit: string | null;
  group: string | null;
  /** It means something only while every named setting has one of the listed values. */
  when: Record<string, string[]> | null;
}

export interface NumberParameter extends ParameterBase {
  kind: 'integer' | 'number';
  minimum: number | null;
  maximum: number | null;
  default: number | null;
  /** A sensible distance between values to try. */
  step: number | null;
  /** The value that switches off what it sets. */
  off: number | null;
}

export interface ChoiceParameter extends ParameterBase {
  kind: 'choice';
  choices: string[];
  /** What a choice is called, where the schema names it. */
  choiceTitles: Record<string, Words>;
  default: string | null;
}

export interface SwitchParameter extends ParameterBase {
  kind: 'boolean';
  default: boolean;
}

/** One setting of a strategy, as its JSON Schema describes it. */
export type Parameter = NumberParameter | ChoiceParameter | SwitchParameter;

export type ParameterValue = number | string | boolean;

/** Settings by name, as the server has them: those of a document's own parameters are in a map among the others. */
export type ParameterValues = { [name: string]: ParameterValue | Record<string, ParameterValue> };

/** The type whose settings are a document. */
export const RULES = 'rules';

/** Before the name of a parameter that a document declares. */
export const OVERRIDES = 'overrides.';

export type Members = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
export const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const members = (value: unknown): Members => (isMembers(value) ? value : {});

/** The value of a setting, found by its name. */
export function valueAt(values: unknown, name: string): ParameterValue | undefined {
  const found = name.split('.').reduce<unknown>((part, key) => members(part)[key], values);
  return found === null || typeof found === 'object' ? undefined : (found as ParameterValue | undefined);
}

/** The values with one of them set. */
export function withValue(values: ParameterValues, name: string, value: ParameterValue): ParameterValues {
  const [key = '', inner] = name.split('.', 2);
  return { ...values, [key]: inner === undefined ? value : { ...(members(values[key]) as Record<string, ParameterValue>), [inner]: value } };
}

/** Every value by its whole name. */
export function flatValues(values: ParameterValues): [string, ParameterValue][] {
  return Object.entries(values).flatMap(([name, value]): [string, ParameterValue][] =>
    typeof value === 'object' ? Object.entries(value).map(([inner, of]) => [`${name}.${inner}`, of]) : [[name, value]],
  );
}

/** Whether a setting means anything, by the values that each of the others can have. */
export function isApplied({ when }: Parameter, possible: (name: string) => unknown[]): boolean {
  return Object.entries(when ?? {}).every(([name, allowed]) => possible(name).some((value) => allowed.includes(String(value))));
}

/** The settings that mean something beside these values. */
export function appliedParameters(parameters: Parameter[], values: unknown): Parameter[] {
  return parameters.filter((parameter) => isApplied(parameter, (name) => [valueAt(values, name)]));
}

/** The non-null type of a property: `["integer","null"]` counts as integer. */
function typeOf(property: Members): unknown {
  if (!Array.isArray(property.type)) return property.type;
  return property.type.find((type) => type !== 'null');
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []);

function readConditions(value: unknown): ParameterBase['when'] {
  return isMembers(value) ? Object.fromEntries(Object.entries(value).map(([name, allowed]) => [name, strings(allowed)])) : null;
}

function readTitles(value: unknown): Record<string, Words> {
  const titles = Object.entries(members(value)).map(([choice, words]): [string, Words] => {
    const { ko, en } = members(words);
    return [choice, { ko: text(ko) || text(en) || choice, en: text(en) || choice }];
  });
  return Object.fromEntries(titles);
}

function readBase(name: string, property: Members): ParameterBase {
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
    when: readConditions(property['x-when']),
  };
}

function readParameter(name: string, property: Members): Parameter | null {
  const base = readBase(name, property);
  if (Array.isArray(property.enum)) {
    const choiceTitles = readTitles(property['x-enum-titles']);
    return { ...base, kind: 'choice', choices: strings(property.enum), choiceTitles, default: text(property.default) || null };
  }
  const type = typeOf(property);
  if (type === 'boolean') return { ...base, kind: 'boolean', default: property.default === true };
  if (type !== 'integer' && type !== 'number') return null;
  const [minimum, usual] = [number(property.minimum), number(property.default)];
  // What starts at nought and is nought unless it is wanted does nothing at nought.
  const off = minimum === 0 && usual === 0 ? 0 : null;
  return { ...base, kind: type, minimum, maximum: number(property.maximum), default: usual, step: null, off };
}

/** Members of a JSON object have no order, so the schema states each one's place. */
function placeOf(property: Members): number {
  return number(property['x-order']) ?? Infinity;
}

type Property = [string, Members];

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

/** What a form starts with: the given values where they fit, the schema's defaults elsewhere. */
export function initialValues(parameters: Parameter[], given: ParameterValues = {}): ParameterValues {
  return parameters.reduce<ParameterValues>((values, parameter) => {
    const value = valueAt(given, parameter.name) ?? parameter.default ?? (parameter.kind === 'choice' ? '' : NaN);
    return withValue(values, parameter.name, value);
  }, {});
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
