import { useQuery } from '@tanstack/react-query';
import { useParameterText } from '@/components/finance/use-parameter-text';
import { Badge } from '@/components/ui/badge';
import type { ParameterMap } from '@/lib/api/types';
import { queries } from '@/lib/api/queries';
import { readParameters } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';

interface ParameterChipsProps {
  parameters: ParameterMap;
  type: string | null | undefined;
}

/** Parameters by their names in the reader's language, each with its unit. */
export function ParameterChips({ parameters, type }: ParameterChipsProps) {
  const locale = usePreferences((state) => state.locale);
  const text = useParameterText();
  const { data } = useQuery(queries.strategyTypes());
  const known = readParameters(data?.find((entry) => entry.strategy_type === type)?.parameters_schema);
  return (
    <ul className="flex flex-wrap gap-1.5">
      {Object.entries(parameters).map(([name, value]) => {
        const parameter = known.find((entry) => entry.name === name);
        return (
          <li key={name}>
            <Badge className="tabular">
              {parameter?.title[locale] ?? name} {parameter ? text(parameter, value) : String(value)}
            </Badge>
          </li>
        );
      })}
    </ul>
  );
}
