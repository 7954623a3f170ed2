import { useTranslations } from 'use-intl';
import type { SessionDay, SessionPhase } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useMediaQuery } from '@/lib/hooks/use-media-query';
import { hoursAround, lanesOf, spanOf } from './timetable-lanes';

/** How a phase matches orders, by colour. */
export const MATCHING_STYLE: Record<SessionPhase['matching'], string> = {
  continuous: 'bg-accent text-white dark:text-black',
  single_auction: 'bg-warn text-white dark:text-black',
  periodic_auction: 'bg-warn-soft text-warn border border-warn/50',
  fixed_price: 'bg-accent-soft text-accent border border-accent/50',
  none: 'bg-line text-ink-faint',
};

/** The day as lanes of one clock; what overlaps stands below each other. */
export function DayPicture({ day }: { day: SessionDay }) {
  const t = useTranslations('rules');
  const phases = day.venues.flatMap((venue) => venue.phases);
  if (phases.length === 0) return null;
  const hours = hoursAround(phases);
  const length = hours.to - hours.from;
  const at = (minutes: number) => `${((minutes - hours.from) / length) * 100}%`;
  const marks = Array.from({ length: length / 60 + 1 }, (_, index) => hours.from + index * 60);
  return (
    <div className="px-4 pb-5 sm:px-5" role="img" aria-label={t('pictureLabel')}>
      <div className="relative">
        <div className="tabular relative ml-10 h-5 sm:ml-14 text-xs text-ink-faint">
          {marks.map((mark) => (
            <span
              key={mark}
              className="absolute -translate-x-1/2 whitespace-nowrap first:translate-x-0 last:-translate-x-full"
              style={{ left: at(mark) }}
            >
              {mark / 60}
            </span>
          ))}
        </div>
        {day.venues.map(({ venue, phases: own }) => (
          <div key={venue} className="flex items-stretch border-t border-line py-2">
            <span className="w-10 shrink-0 pt-1 text-sm font-bold sm:w-14">{t(`venues.${venue}`)}</span>
            <div className="relative flex-1">
              {marks.map((mark) => (
                <span
                  key={mark}
                  aria-hidden
                  className="absolute inset-y-0 w-px bg-line"
                  style={{ left: at(mark) }}
                />
              ))}
              {lanesOf(own).map((lane, index) => (
                <div key={index} className="relative mb-1 h-7 last:mb-0">
                  {lane.map((phase) => (
                    <PhaseBar key={phase.row} phase={phase} at={at} />
                  ))}
                </div>
              ))}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}

/** A name is only drawn where it has room; the list below has them all. */
const MINUTES_FOR_A_NAME = { wide: 50, narrow: 150 };

function PhaseBar({ phase, at }: { phase: SessionPhase; at: (minutes: number) => string }) {
  const t = useTranslations('rules');
  const { from, to } = spanOf(phase);
  const wide = useMediaQuery('(min-width: 768px)');
  const name = t(`phases.${phase.phase}`);
  return (
    <span
      title={name}
      data-testid="phase-bar"
      data-phase={phase.phase}
      className={cn(
        'absolute inset-y-0 overflow-hidden rounded-md px-1.5 text-center text-xs leading-7 font-semibold text-ellipsis whitespace-nowrap',
        MATCHING_STYLE[phase.matching],
      )}
      style={{ left: at(from), right: `calc(100% - ${at(to)})` }}
    >
      {to - from >= MINUTES_FOR_A_NAME[wide ? 'wide' : 'narrow'] && name}
    </span>
  );
}
