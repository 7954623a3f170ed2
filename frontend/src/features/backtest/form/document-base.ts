import { useQuery } from '@tanstack/react-query';
import { useDocumentFacts } from '@/components/finance/use-document-facts';
import { queries } from '@/lib/api/queries';
import type { StrategyType } from '@/lib/api/types';
import { readDocument, readParameters, type Parameter, type ParameterValues } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import type { BacktestFormValues } from './values';

type Given = Partial<BacktestFormValues>;

/** The settings of a kind, those that its document declares first. */
export function parametersFor(type: StrategyType, own: Parameter[]): Parameter[] {
  return [...own, ...readParameters(type.parameters_schema)];
}

/** The document among the given parameters, which no field of a run's form holds. */
export function documentIn(type: StrategyType, { parameters }: Given): ParameterValues {
  const name = readDocument(type.parameters_schema)?.name;
  const text = name && parameters?.[name];
  return name && text ? { [name]: text } : {};
}

/** What a form of a run begins with. */
export interface FormBase {
  /** What a run is called while nobody names it. */
  title: string;
  given: Given;
  /** The parameters that its document declares. */
  own: Parameter[];
}

const NONE: Parameter[] = [];

/**
 * For a kind that is a document: the given one, that of the search which handed parameters over, or a preset. Null while
 * it is being read.
 */
export function useFormBase(type: StrategyType, given: Given, preset: StrategyType['presets'][number] | undefined): FormBase | null {
  const locale = usePreferences((state) => state.locale);
  const document = readDocument(type.parameters_schema);
  const isGiven = document !== null && given.parameters?.[document.name] !== undefined;
  const fromSweep = document !== null && !isGiven && given.sweep_id !== undefined;
  const sweep = useQuery({ ...queries.sweep(given.sweep_id ?? 0), enabled: fromSweep });
  const base = (fromSweep ? sweep.data?.base.parameters : isGiven ? {} : preset?.parameters) as ParameterValues | undefined;
  const parameters = document && base ? { ...base, ...given.parameters } : given.parameters;
  const text = document && parameters?.[document.name];
  const facts = useDocumentFacts(typeof text === 'string' ? text : null);
  if (document === null) return { title: type.title[locale], given, own: NONE };
  if (fromSweep && sweep.isPending) return null;
  if (!facts.data) return facts.fetchStatus === 'idle' ? { title: type.title[locale], given, own: NONE } : null;
  return { title: facts.data.name || type.title[locale], given: { ...given, parameters }, own: facts.data.parameters };
}
