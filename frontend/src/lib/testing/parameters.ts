import type { ChoiceParameter, NumberParameter } from '@/lib/parameters/schema';

const words = { ko: '', en: '' };
const base = { title: words, description: words, unit: null, group: null, when: null };

/** A whole number from 1 to 500, with the part a test is about laid over it. */
export function numberParameter(name: string, part: Partial<NumberParameter> = {}): NumberParameter {
  return { ...base, name, kind: 'integer', minimum: 1, maximum: 500, default: 20, step: null, off: null, ...part };
}

export function choiceParameter(name: string, choices: string[], part: Partial<ChoiceParameter> = {}): ChoiceParameter {
  return { ...base, name, kind: 'choice', choices, choiceTitles: {}, default: choices[0] ?? null, ...part };
}
