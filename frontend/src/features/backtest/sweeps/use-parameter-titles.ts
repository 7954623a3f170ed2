import { useQuery } from '@tanstack/react-query';
import { queries } from '@/lib/api/queries';
import { readParameters } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';

/** What the parameters of a kind of strategy are called in the reader's language. */
export function useParameterTitles(type: string): (name: string) => string {
  const locale = usePreferences((state) => state.locale);
  const { data } = useQuery(queries.strategyTypes());
  const known = readParameters(data?.find((entry) => entry.strategy_type === type)?.parameters_schema);
  return (name) => known.find((parameter) => parameter.name === name)?.title[locale] ?? name;
}
