import { useDocumentFacts } from '@/components/finance/use-document-facts';
import { useParameterText } from '@/components/finance/use-parameter-text';
import { useStrategyParameters } from '@/components/finance/use-strategy-parameters';
import type { Strategy } from '@/lib/api/types';
import { RULES } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import { keyParameters } from './key-parameters';

type Summarised = Pick<Strategy, 'strategy_type' | 'parameters'>;

/** What a strategy does in one line: what its document says of itself, and the settings that matter most. */
export function useSummary({ strategy_type, parameters }: Summarised): string {
  const locale = usePreferences((state) => state.locale);
  const known = useStrategyParameters(strategy_type, parameters);
  const text = useParameterText();
  const { document } = parameters;
  const about = useDocumentFacts(strategy_type === RULES && typeof document === 'string' ? document : null).data?.description;
  const settings = keyParameters(known, parameters).map(([parameter, value]) =>
    // A choice says what it is about.
    parameter.kind === 'choice' ? text(parameter, value) : `${parameter.title[locale]} ${text(parameter, value)}`,
  );
  return [about, settings.join(' · ')].filter(Boolean).join(' — ');
}
