import { useDocumentFacts } from '@/components/finance/use-document-facts';
import { useParameterText } from '@/components/finance/use-parameter-text';
import { useStrategyParameters } from '@/components/finance/use-strategy-parameters';
import type { Strategy } from '@/lib/api/types';
import { RULES } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import { keyParameters } from './key-parameters';

type Summarised = Pick<Strategy, 'strategy_type' | 'parameters'>;

export interface Summary {
  /** What its document says of itself. */
  about: string;
  /** The settings that matter most. */
  settings: string;
}

/** What a strategy does, in few words. */
export function useSummary({ strategy_type, parameters }: Summarised): Summary {
  const locale = usePreferences((state) => state.locale);
  const known = useStrategyParameters(strategy_type, parameters);
  const text = useParameterText();
  const { document } = parameters;
  const about = useDocumentFacts(strategy_type === RULES && typeof document === 'string' ? document : null).data?.description;
  const settings = keyParameters(known, parameters).map(([parameter, value]) =>
    // A choice says what it is about.
    parameter.kind === 'choice' ? text(parameter, value) : `${parameter.title[locale]} ${text(parameter, value)}`,
  );
  return { about: about ?? '', settings: settings.join(' · ') };
}
