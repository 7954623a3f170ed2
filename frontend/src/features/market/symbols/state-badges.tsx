import { useTranslations } from 'use-intl';
import { Badge } from '@/components/ui/badge';
import type { Instrument } from '@/lib/api/types';
import { stateTone } from '@/features/market/issue-words';

/** What the exchange says of an issue: delisted, halted, under warning. */
export function StateBadges({ instrument }: { instrument: Instrument }) {
  const t = useTranslations('market.issueStates');
  const states = new Set(instrument.states);
  if (instrument.status === 'delisted') states.add('delisted');
  return [...states].map((state) => (
    <Badge key={state} tone={stateTone(state)} data-testid="issue-state" data-state={state}>
      {t(state)}
    </Badge>
  ));
}
