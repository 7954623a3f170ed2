import { useTranslations } from 'use-intl';
import { Change } from '@/components/finance/change';
import { Card, CardHeader } from '@/components/ui/card';
import { DataTable, type Column } from '@/components/ui/data-table';
import { useFormat } from '@/lib/format/use-format';
import type { YearRow } from './month-grid';

/** Each year with its best and worst month. */
export function YearTable({ rows }: { rows: YearRow[] }) {
  const t = useTranslations('run');
  const format = useFormat();
  const percent = (value: number | null) => (
    <Change value={value} text={format.percent(value, { signed: true })} />
  );
  const known = ({ months }: YearRow) => months.filter((value) => value !== null);
  const columns: Column<YearRow>[] = [
    {
      key: 'year',
      heading: t('year'),
      place: 'lead',
      cell: ({ year }) => <span className="tabular font-semibold">{year}</span>,
    },
    { key: 'total', heading: t('wholeYear'), align: 'right', place: 'aside', cell: ({ total }) => percent(total) },
    {
      key: 'best',
      heading: t('bestMonth'),
      align: 'right',
      cell: (row) => percent(known(row).length > 0 ? Math.max(...known(row)) : null),
    },
    {
      key: 'worst',
      heading: t('worstMonth'),
      align: 'right',
      cell: (row) => percent(known(row).length > 0 ? Math.min(...known(row)) : null),
    },
    {
      key: 'up',
      heading: t('monthsUp'),
      align: 'right',
      cell: (row) => t('monthsOf', { up: known(row).filter((value) => value > 0).length, all: known(row).length }),
    },
  ];
  return (
    <Card>
      <CardHeader title={t('years')} />
      <DataTable dense caption={t('years')} columns={columns} rows={rows} rowKey={({ year }) => year} rowTestId="year-row" />
    </Card>
  );
}
