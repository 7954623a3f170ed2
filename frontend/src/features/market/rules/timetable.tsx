import { useQuery } from '@tanstack/react-query';
import { CalendarOff, ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { SessionDay } from '@/lib/api/types';
import { seoulDate } from '@/lib/format/format';
import { useFormat } from '@/lib/format/use-format';
import { usePreferences } from '@/lib/preferences/store';
import { DayPicture } from './day-picture';
import { PhaseList } from './phase-list';

interface TimetableProps {
  date: string;
  onDate: (date: string) => void;
}

/** The trading day of both venues as a picture and in words, or why there is none. */
export function Timetable({ date, onDate }: TimetableProps) {
  const t = useTranslations('rules');
  const format = useFormat();
  const query = useQuery(queries.sessionDay(date));
  const day = query.data;
  return (
    <Card data-testid="rules-session" data-date={day?.date}>
      <CardHeader
        title={
          <span className="flex flex-wrap items-center gap-2">
            {t('timetable')} · {format.date(date)}
            {date === seoulDate(new Date()) && <Badge tone="accent">{t('today')}</Badge>}
            {day && <DayBadge day={day} />}
          </span>
        }
        hint={t('timetableHint')}
        action={
          <>
            <StepButton target={day?.previous_session} label={t('previousSession')} onDate={onDate}>
              <ChevronLeft aria-hidden />
            </StepButton>
            <StepButton target={day?.next_session} label={t('nextSession')} onDate={onDate}>
              <ChevronRight aria-hidden />
            </StepButton>
          </>
        }
      />
      <QueryView query={query} loading={<SkeletonRows rows={6} />}>
        {(known) => (known.is_session ? <Hours day={known} /> : <Closed day={known} />)}
      </QueryView>
    </Card>
  );
}

interface StepButtonProps {
  target: string | null | undefined;
  label: string;
  onDate: (date: string) => void;
  children: ReactNode;
}

function StepButton({ target, label, onDate, children }: StepButtonProps) {
  return (
    <Button
      variant="secondary"
      size="sm"
      aria-label={label}
      disabled={!target}
      onClick={() => target && onDate(target)}
    >
      {children}
    </Button>
  );
}

function DayBadge({ day }: { day: SessionDay }) {
  const t = useTranslations('rules');
  if (day.note) return <Badge tone="accent">{t(`notes.${day.note}`)}</Badge>;
  if (day.status === 'tentative') return <Badge tone="warn">{t('tentative')}</Badge>;
  return day.is_session ? null : <Badge tone="danger">{t('closed')}</Badge>;
}

function Closed({ day }: { day: SessionDay }) {
  const t = useTranslations('rules');
  const format = useFormat();
  const locale = usePreferences((state) => state.locale);
  const name = day.holiday?.[locale === 'ko' ? 'name_ko' : 'name_en'].replaceAll(';', ' ·');
  return (
    <EmptyState
      icon={CalendarOff}
      title={name ? t('closedFor', { name }) : t('closedTitle')}
      text={t(day.status === 'tentative' ? 'tentativeHint' : 'nextSessionOn', {
        date: format.date(day.next_session),
      })}
    />
  );
}

function Hours({ day }: { day: SessionDay }) {
  return (
    <>
      <DayPicture day={day} />
      <div className="grid border-t border-line lg:grid-cols-2 lg:divide-x lg:divide-line">
        {day.venues.map((venue) => (
          <PhaseList key={venue.venue} venue={venue} />
        ))}
      </div>
    </>
  );
}
