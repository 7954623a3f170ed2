import { Footprints } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { LineChart } from '@/components/charts/lazy';
import type { Line } from '@/components/charts/line-data';
import { Change } from '@/components/finance/change';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { DataTable, type Column } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import type { Fold, SweepDetail } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { ParameterChips } from './parameter-chips';
import { useObjective } from './use-objective';

/** What the search chose on one stretch, held against the stretch that followed. */
export default function WalkForward({ sweep }: { sweep: SweepDetail }) {
  const t = useTranslations('sweeps');
  const format = useFormat();
  const found = sweep.walk_forward_result;
  const columns = useFoldColumns(sweep);
  const lines = useMemo<Line[]>(
    () => [
      {
        id: 'equity',
        label: t('outOfSample'),
        tone: 'main',
        points: (found?.equity ?? []).map(({ date, equity }) => ({ date, value: equity })),
      },
    ],
    [found, t],
  );
  if (!found) {
    return (
      <Card>
        <EmptyState icon={Footprints} title={t('noFolds')} text={t('noFoldsHint')} />
      </Card>
    );
  }
  return (
    <>
      {found.equity.length > 1 && (
        <Card>
          <CardHeader
            title={t('outOfSample')}
            hint={
              found.report &&
              t('outOfSampleHint', {
                total: format.percent(found.report.returns.total_return, { signed: true }),
                sharpe: format.number(found.report.risk.sharpe_ratio),
                fall: format.percent(found.report.drawdown.max_drawdown),
              })
            }
          />
          <CardBody>
            <div className="h-72" data-testid="out-of-sample-chart">
              <LineChart lines={lines} format={format.wonShort} label={t('outOfSample')} />
            </div>
          </CardBody>
        </Card>
      )}
      <Card>
        <CardHeader title={t('folds')} hint={t('foldsHint')} />
        <DataTable
          dense
          caption={t('folds')}
          columns={columns}
          rows={found.folds}
          rowKey={({ number }) => number}
          rowTestId="fold-row"
        />
      </Card>
    </>
  );
}

function useFoldColumns(sweep: SweepDetail): Column<Fold>[] {
  const t = useTranslations('sweeps');
  const run = useTranslations('run');
  const format = useFormat();
  const objective = useObjective(sweep);
  return [
    { key: 'number', heading: t('fold'), place: 'lead', cell: ({ number }) => <b>{format.integer(number)}</b> },
    {
      key: 'train',
      heading: t('train'),
      place: 'row',
      cell: ({ train_from, train_to }) => `${format.date(train_from)} – ${format.date(train_to)}`,
    },
    {
      key: 'test',
      heading: t('test'),
      place: 'row',
      cell: ({ test_from, test_to }) => `${format.date(test_from)} – ${format.date(test_to)}`,
    },
    {
      key: 'parameters',
      heading: t('chosen'),
      place: 'row',
      wrap: true,
      cell: ({ parameters, error }) =>
        parameters ? (
          <ParameterChips parameters={parameters} base={sweep.base} />
        ) : (
          <span className="text-danger">{error}</span>
        ),
    },
    {
      key: 'in',
      heading: t('inTraining'),
      align: 'right',
      cell: ({ train_objective }) => objective.write(train_objective),
    },
    { key: 'out', heading: t('inTest'), align: 'right', cell: ({ test_objective }) => <b>{objective.write(test_objective)}</b> },
    {
      key: 'return',
      heading: run('totalReturn'),
      align: 'right',
      place: 'aside',
      cell: ({ metrics }) => (
        <Change value={metrics?.total_return} text={format.percent(metrics?.total_return, { signed: true })} />
      ),
    },
  ];
}
