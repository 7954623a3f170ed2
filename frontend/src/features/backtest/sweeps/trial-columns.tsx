import { FlaskConical } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Change } from '@/components/finance/change';
import { Button } from '@/components/ui/button';
import type { Column } from '@/components/ui/data-table';
import { SortHeading, sortedBy, type Sort } from '@/components/ui/sort-heading';
import type { SweepDetail, Trial } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { Link } from '@/lib/navigation';
import { prefillHref } from '@/lib/parameters/prefill';
import { handedOver } from './handed-over';
import { useObjective } from './use-objective';
import { useParameterNames } from './use-parameter-names';

interface TrialColumns {
  sweep: SweepDetail;
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
}

export function useTrialColumns({ sweep, sort, onSort }: TrialColumns): Column<Trial>[] {
  const t = useTranslations('sweeps');
  const run = useTranslations('run');
  const format = useFormat();
  const objective = useObjective(sweep);
  const { base, axes } = sweep;
  const { title, text } = useParameterNames(base);
  // The objective has a column already.
  const others = (figure: string, column: Column<Trial>) =>
    (sweep.objective.figure.endsWith(figure) ? [] : [column]);
  const sortable = (column: string, name: string) => ({
    heading: <SortHeading name={name} column={column} sort={sort} onSort={onSort} />,
    sorted: sortedBy(sort, column),
  });
  const percent = (value: number | undefined) => (
    <Change value={value} text={format.percent(value, { signed: true })} />
  );
  return [
    { key: 'number', ...sortable('number', t('number')), place: 'sub', cell: ({ number }) => format.integer(number) },
    {
      key: 'objective',
      ...sortable('objective', objective.title),
      align: 'right',
      place: 'aside',
      cell: (trial) => <b>{objective.write(trial.objective)}</b>,
    },
    ...Object.keys(axes).map(
      (name): Column<Trial> => ({
        key: `parameter-${name}`,
        heading: title(name),
        align: 'right',
        cell: ({ parameters }) => text(name, parameters[name]),
      }),
    ),
    ...others('total_return', {
      key: 'total',
      ...sortable('total_return', run('totalReturn')),
      align: 'right',
      cell: ({ metrics }) => percent(metrics?.total_return),
    }),
    ...others('max_drawdown', {
      key: 'fall',
      ...sortable('max_drawdown', run('maxDrawdown')),
      align: 'right',
      cell: ({ metrics }) => percent(metrics?.max_drawdown),
    }),
    ...others('sharpe_ratio', {
      key: 'sharpe',
      ...sortable('sharpe_ratio', run('sharpe')),
      align: 'right',
      cell: ({ metrics }) => format.number(metrics?.sharpe_ratio),
    }),
    { key: 'trades', ...sortable('trades_count', run('fillCount')), align: 'right', cell: ({ metrics }) => format.integer(metrics?.trades_count) },
    {
      key: 'use',
      heading: t('useInBacktest'),
      place: 'action',
      cell: ({ parameters, error }) =>
        error ? (
          <span className="text-xs text-danger">{error}</span>
        ) : (
          <Button asChild variant="ghost" size="sm">
            <Link
              prefetch={false}
              aria-label={t('useInBacktest')}
              data-testid="trial-use"
              href={prefillHref('/backtest/', {
                type: base.strategy_type,
                parameters: handedOver(sweep, parameters),
                symbols: base.symbols,
                start: base.start_date,
                end: base.end_date,
                capital: base.initial_capital,
                sweep: sweep.id,
              })}
            >
              <FlaskConical aria-hidden />
            </Link>
          </Button>
        ),
    },
  ];
}
