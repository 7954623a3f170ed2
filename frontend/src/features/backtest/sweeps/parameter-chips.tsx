import { Badge } from '@/components/ui/badge';
import type { ParameterMap, SweepDetail } from '@/lib/api/types';
import { useParameterNames } from './use-parameter-names';

interface ParameterChipsProps {
  parameters: ParameterMap;
  /** The run that they are parameters of. */
  base: Pick<SweepDetail['base'], 'strategy_type' | 'parameters'>;
}

/** Parameters by their names in the reader's language, each with its unit. */
export function ParameterChips({ parameters, base }: ParameterChipsProps) {
  const { title, text } = useParameterNames(base);
  return (
    <ul className="flex flex-wrap gap-1.5">
      {Object.entries(parameters).map(([name, value]) => (
        <li key={name}>
          <Badge className="tabular">
            {title(name)} {text(name, value)}
          </Badge>
        </li>
      ))}
    </ul>
  );
}
