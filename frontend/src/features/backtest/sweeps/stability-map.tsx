import { useCallback, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { Segmented } from '@/components/ui/segmented';
import type { SweepDetail, Trial } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';
import { stabilityByNumber } from './grid';
import { MapCard } from './map-card';
import { useObjective } from './use-objective';

const MEASURES = ['mean', 'worst'] as const;

/** What the neighbours of each combination reached: a plateau can be trusted, a needle was luck. */
export default function StabilityMap({ sweep }: { sweep: SweepDetail }) {
  const t = useTranslations('sweeps');
  const url = useUrlState();
  const measure = MEASURES.find((value) => value === url.get('measure')) ?? 'mean';
  const { write, maximize, title } = useObjective(sweep);
  const stability = useMemo(() => stabilityByNumber(sweep.stability), [sweep.stability]);
  const valueOf = useCallback(
    ({ number }: Trial) => stability.get(number)?.[measure] ?? null,
    [stability, measure],
  );
  return (
    <>
      <Segmented
        className="self-start"
        label={t('measure')}
        value={measure}
        onChange={(next) => url.update({ measure: next })}
        options={MEASURES.map((value) => ({ value, label: t(`measures.${value}`), testId: `stability-${value}` }))}
      />
      <MapCard
        sweep={sweep}
        title={t('stabilityTitle', { figure: title })}
        hint={t('stabilityAbout')}
        valueOf={valueOf}
        write={write}
        maximize={maximize}
        about={({ trial }) =>
          t('ownValue', { value: write(trial.objective), count: stability.get(trial.number)?.neighbours ?? 0 })
        }
        testId="stability-map"
      />
    </>
  );
}
