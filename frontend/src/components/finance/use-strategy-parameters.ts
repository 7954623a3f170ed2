import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { queries } from '@/lib/api/queries';
import { readDocument, readParameters, type Parameter } from '@/lib/parameters/schema';
import { useDocumentFacts } from './use-document-facts';

/** The settings of a kind of strategy, with those that the document among `values` declares; none while they are not known. */
export function useStrategyParameters(type: string | null | undefined, values?: Record<string, unknown>): Parameter[] {
  const { data: types } = useQuery(queries.strategyTypes());
  const schema: unknown = types?.find((entry) => entry.strategy_type === type)?.parameters_schema;
  const document = readDocument(schema);
  const text = document && values?.[document.name];
  const facts = useDocumentFacts(typeof text === 'string' ? text : null).data;
  return useMemo(() => [...readParameters(schema), ...(facts?.parameters ?? [])], [schema, facts]);
}
