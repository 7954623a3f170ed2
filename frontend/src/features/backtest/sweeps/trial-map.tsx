import { useTranslations } from 'use-intl';
import type { SweepDetail, Trial } from '@/lib/api/types';
import { MapCard } from './map-card';
import { useObjective } from './use-objective';

const objectiveOf = ({ objective }: Trial) => objective;

/** What each combination reached. */
export default function TrialMap({ sweep }: { sweep: SweepDetail }) {
  const t = useTranslations('sweeps');
  const { title, write, maximize } = useObjective(sweep);
  return (
    <MapCard
      sweep={sweep}
      title={t('mapTitle', { figure: title })}
      hint={t('mapAbout')}
      valueOf={objectiveOf}
      write={write}
      maximize={maximize}
      testId="trial-map"
    />
  );
}
