import { useTranslations } from 'use-intl';
import { Badge } from '@/components/ui/badge';
import type { SessionDay, SessionPhase } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { MATCHING_STYLE } from './day-picture';

type Venue = SessionDay['venues'][number];

/** The phases of a venue in words: when orders are taken, when they meet, and how. */
export function PhaseList({ venue }: { venue: Venue }) {
  const t = useTranslations('rules');
  return (
    <section className="px-4 py-4 sm:px-5 max-lg:border-b max-lg:border-line max-lg:last:border-b-0">
      <h3 className="font-bold">{t(`venueNames.${venue.venue}`)}</h3>
      {venue.phases.length === 0 ? (
        <p className="mt-2 text-sm text-ink-faint">{t('noPhases')}</p>
      ) : (
        <ul className="mt-2 divide-y divide-line">
          {venue.phases.map((phase) => (
            <PhaseRow key={phase.row} phase={phase} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** `09:00` for whole minutes, `09:00:30` otherwise. */
function clock(time: string): string {
  return time.replace(/:00$/, '');
}

function window(from: string, to: string): string {
  return from === to ? clock(from) : `${clock(from)}–${clock(to)}`;
}

function PhaseRow({ phase }: { phase: SessionPhase }) {
  const t = useTranslations('rules');
  const orders = window(phase.orders_from, phase.orders_to);
  const trades = window(phase.trades_from, phase.trades_to);
  const how = [
    t(`matching.${phase.matching}`),
    phase.auction_minutes !== null && t('everyMinutes', { minutes: phase.auction_minutes }),
    phase.random_end_seconds > 0 && t('randomEnd', { seconds: phase.random_end_seconds }),
  ].filter(Boolean);
  return (
    <li data-testid="phase-row" data-phase={phase.phase} className="flex gap-3 py-2 text-sm">
      <span
        aria-hidden
        className={cn('mt-1.5 size-2.5 shrink-0 rounded-[2px]', MATCHING_STYLE[phase.matching])}
      />
      <span className="min-w-0 flex-1">
        <span className="font-semibold">{t(`phases.${phase.phase}`)}</span>
        {!phase.confirmed && (
          <Badge tone="warn" className="ml-1.5" title={phase.source}>
            {t('unconfirmed')}
          </Badge>
        )}
        <span className="block text-xs text-ink-faint">{how.join(' · ')}</span>
      </span>
      <span className="tabular shrink-0 text-right">
        <span className="block font-medium">{orders}</span>
        {trades !== orders && phase.matching !== 'none' && (
          <span className="block text-xs text-ink-faint">{t('tradesAt', { time: trades })}</span>
        )}
      </span>
    </li>
  );
}
