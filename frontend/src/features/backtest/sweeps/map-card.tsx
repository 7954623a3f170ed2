import { Grid3x3 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { ChoiceSelect } from '@/components/ui/choice-select';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import type { SweepDetail, Trial } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';
import { gridOf, variedNames, type Cell } from './grid';
import { HeatMap } from './heat-map';
import { ParameterChips } from './parameter-chips';
import { useAllTrials } from './use-all-trials';
import { useParameterNames } from './use-parameter-names';
import { UseParameters } from './use-parameters';

interface MapCardProps {
  sweep: SweepDetail;
  title: string;
  hint: string;
  valueOf: (trial: Trial) => number | null;
  write: (value: number | null) => string;
  maximize: boolean;
  /** More about the square that is looked at. */
  about?: (cell: Cell) => string;
  testId: string;
}

/** A map of all trials over two parameters of one's choice. */
export function MapCard(props: MapCardProps) {
  const query = useAllTrials(props.sweep);
  return (
    <Card>
      <CardHeader title={props.title} hint={props.hint} />
      <CardBody>
        <QueryView query={query} loading={<Skeleton className="h-80" />}>
          {(trials) => <TrialMap {...props} trials={trials} />}
        </QueryView>
      </CardBody>
    </Card>
  );
}

function TrialMap({ sweep, trials, title: label, valueOf, write, maximize, about, testId }: MapCardProps & { trials: Trial[] }) {
  const t = useTranslations('sweeps');
  const url = useUrlState();
  const { title } = useParameterNames(sweep.base);
  const [looked, setLooked] = useState<Cell | null>(null);
  const names = variedNames(trials);
  const across = names.find((name) => name === url.get('x')) ?? names[0];
  const down = names.find((name) => name === url.get('y') && name !== across) ?? names.find((name) => name !== across);
  const grid = useMemo(
    () => (across === undefined ? null : gridOf(trials, [across, down ?? across], valueOf, maximize)),
    [trials, across, down, valueOf, maximize],
  );
  if (!grid || across === undefined) {
    return <EmptyState icon={Grid3x3} title={t('noMap')} text={t('noMapHint')} />;
  }
  return (
    <div className="flex flex-col gap-4">
      {down !== undefined && names.length > 1 && (
        <div className="grid max-w-md grid-cols-2 gap-3">
          <ChoiceSelect
            label={t('across')}
            value={across}
            options={names}
            text={(name) => `→ ${title(name)}`}
            onChange={(name) => url.update({ x: name, y: name === down ? across : down })}
            testId="map-across"
          />
          <ChoiceSelect
            label={t('down')}
            value={down}
            options={names.filter((name) => name !== across)}
            text={(name) => `↓ ${title(name)}`}
            onChange={(name) => url.update({ y: name })}
            testId="map-down"
          />
        </div>
      )}
      <HeatMap
        grid={grid}
        names={{ across: title(across), down: title(down ?? across) }}
        write={write}
        label={label}
        onLook={setLooked}
        testId={testId}
      />
      <div className="min-h-24 rounded-lg bg-raised p-3" aria-live="polite" data-testid="map-reading">
        {looked ? (
          <div className="flex flex-col gap-2">
            <p className="tabular text-sm">
              <b>{write(looked.value)}</b>
              {looked.among > 1 && <span className="text-ink-faint"> · {t('bestAmong', { count: looked.among })}</span>}
              {about && <span className="text-ink-faint"> · {about(looked)}</span>}
            </p>
            <ParameterChips parameters={looked.trial.parameters} base={sweep.base} />
            <UseParameters sweep={sweep} parameters={looked.trial.parameters} />
          </div>
        ) : (
          <p className="text-sm text-ink-faint">{t('mapHint')}</p>
        )}
      </div>
    </div>
  );
}
