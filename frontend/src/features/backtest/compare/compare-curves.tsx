import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { LineChart } from '@/components/charts/lazy';
import { rebased, type Line } from '@/components/charts/line-data';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import type { BacktestDetail } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

const START = 100;

/** The curves of several runs, all from the same start. */
export function CompareCurves({ runs }: { runs: BacktestDetail[] }) {
  const t = useTranslations('compare');
  const format = useFormat();
  // The runs come as a new list each time: their numbers tell whether they are others.
  const ids = runs.map(({ id }) => id).join(',');
  const lines = useMemo<Line[]>(
    () =>
      runs.map(({ id, name, equity, initial_capital }, place) => ({
        id: String(id),
        label: `${place + 1}. ${name}`,
        tone: place,
        points: rebased(
          [{ date: equity[0]?.date ?? '', value: initial_capital }, ...equity.slice(1).map((point) => ({ date: point.date, value: point.equity }))],
          START,
        ),
      })),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [ids],
  );
  return (
    <Card>
      <CardHeader title={t('curves')} hint={t('curvesHint')} />
      <CardBody>
        <div className="h-96" data-testid="compare-chart" data-lines={lines.length}>
          <LineChart
            lines={lines}
            format={(value) => format.number(value, 1)}
            label={t('curvesLabel', { count: runs.length })}
          />
        </div>
      </CardBody>
    </Card>
  );
}
