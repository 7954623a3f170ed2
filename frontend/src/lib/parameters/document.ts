import { parse } from 'yaml';
import { isMembers, OVERRIDES, type NumberParameter } from './schema';

const member = (value: unknown, key: string): unknown => (isMembers(value) ? value[key] : undefined);
const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a form needs of a `.kis.yaml` document. */
export interface DocumentFacts {
  name: string;
  description: string;
  /** The parameters it declares, with the ranges it proposes for them. */
  parameters: NumberParameter[];
}

function readParameter(name: string, value: unknown): NumberParameter | null {
  const usual = number(member(value, 'default'));
  if (usual === null || !/^\w+$/.test(name)) return null;
  // An author writes in one language.
  const title = text(member(value, 'description')) || name;
  return {
    name: `${OVERRIDES}${name}`,
    kind: member(value, 'type') === 'int' ? 'integer' : 'number',
    title: { ko: title, en: title },
    description: { ko: '', en: '' },
    unit: null,
    group: 'document',
    when: null,
    minimum: number(member(value, 'min')),
    maximum: number(member(value, 'max')),
    default: usual,
    step: number(member(value, 'step')),
    off: null,
  };
}

/** Reads a document as far as forms need it; one that cannot be read has nothing. What is wrong with it the server tells. */
export function readDocumentFacts(document: string): DocumentFacts {
  let root: unknown;
  try {
    root = parse(document, { maxAliasCount: 100 });
  } catch {
    root = null;
  }
  const declared = member(member(root, 'strategy'), 'params');
  const parameters = Object.entries(isMembers(declared) ? declared : {}).flatMap(([name, value]) => readParameter(name, value) ?? []);
  const metadata = member(root, 'metadata');
  return { name: text(member(metadata, 'name')), description: text(member(metadata, 'description')), parameters };
}
