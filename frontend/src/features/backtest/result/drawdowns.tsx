import { TrendingUp } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { LineChart } from '@/components/charts/lazy';
import { drawdownsOf, type Line } from '@/components/charts/line-data';
import { Change } from '@/components/finance/change';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { DataTable, type Column } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import type { BacktestDetail, Drawdown } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { accountFall, benchmarkOf } from './curves';

/** How far below the high, for how long, and when it was made good. */
export default function Drawdowns({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('run');
  const format = useFormat();
  const columns = useDrawdownColumns();
  const lines = useMemo<Line[]>(() => {
    const account: Line = { id: 'account', label: t('account'), tone: 'loss', points: accountFall(backtest) };
    const points = drawdownsOf(benchmarkOf(backtest));
    if (points.length < 2) return [account];
    const label = backtest.report?.benchmark_name ?? '';
    return [account, { id: 'benchmark', label, tone: 'other', points }];
  }, [backtest, t]);
  const rows = backtest.report?.drawdowns ?? [];
  return (
    <>
      <Card>
        <CardHeader title={t('underwater')} hint={t('underwaterHint')} />
        <CardBody>
          <div className="h-72" data-testid="drawdown-chart">
            <LineChart
              lines={lines}
              format={(value) => format.percent(value, { digits: 1 })}
              label={t('underwaterLabel', { fall: format.percent(backtest.max_drawdown) })}
            />
          </div>
        </CardBody>
      </Card>
      <Card>
        <CardHeader title={t('drawdowns')} hint={t('drawdownsHint')} />
        {rows.length === 0 ? (
          <EmptyState icon={TrendingUp} title={t('noDrawdowns')} text={t('noDrawdownsHint')} />
        ) : (
          <DataTable
            dense
            caption={t('drawdowns')}
            columns={columns}
            rows={rows}
            rowKey={({ start }) => start}
            rowTestId="drawdown-row"
          />
        )}
      </Card>
    </>
  );
}

function useDrawdownColumns(): Column<Drawdown>[] {
  const t = useTranslations('run');
  const format = useFormat();
  return [
    {
      key: 'depth',
      heading: t('depth'),
      place: 'aside',
      cell: ({ depth }) => <Change value={depth} text={format.percent(depth)} />,
    },
    {
      key: 'start',
      heading: t('fallStart'),
      place: 'lead',
      cell: ({ start }) => <span className="tabular font-semibold">{format.date(start)}</span>,
    },
    { key: 'trough', heading: t('trough'), cell: ({ trough }) => format.date(trough) },
    {
      key: 'recovery',
      heading: t('recovery'),
      cell: ({ recovery }) => (recovery ? format.date(recovery) : t('notRecovered')),
    },
    {
      key: 'toTrough',
      heading: t('sessionsToTrough'),
      align: 'right',
      cell: ({ sessions_to_trough }) => format.integer(sessions_to_trough),
    },
    { key: 'sessions', heading: t('sessionsBelow'), align: 'right', cell: ({ sessions }) => format.integer(sessions) },
    { key: 'days', heading: t('daysBelow'), align: 'right', cell: ({ days }) => format.integer(days) },
  ];
}
