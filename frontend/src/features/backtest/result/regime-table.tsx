import { useTranslations } from 'use-intl';
import { Change } from '@/components/finance/change';
import { Card, CardHeader } from '@/components/ui/card';
import { DataTable, type Column } from '@/components/ui/data-table';
import type { PerformanceReport } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

type Regimes = PerformanceReport['regimes'];
type Row = Regimes['figures'][number];

/** The account in rising, falling and sideways markets. */
export function RegimeTable({ regimes, benchmark }: { regimes: Regimes; benchmark: string | null }) {
  const t = useTranslations('run');
  const format = useFormat();
  const percent = (value: number | null) => <Change value={value} text={format.percent(value, { signed: true })} />;
  const known = ({ sessions }: Row, value: number | null) => (sessions === 0 ? null : value);
  const columns: Column<Row>[] = [
    {
      key: 'regime',
      heading: t('regime'),
      place: 'lead',
      cell: ({ regime }) => <span className="font-semibold">{t(`regimes.${regime}`)}</span>,
    },
    { key: 'sessions', heading: t('sessions'), align: 'right', cell: ({ sessions }) => format.integer(sessions) },
    { key: 'total', heading: t('totalReturn'), align: 'right', place: 'aside', cell: (row) => percent(known(row, row.total_return)) },
    {
      key: 'annual',
      heading: t('annualReturn'),
      align: 'right',
      cell: (row) => percent(known(row, row.annual_return_by_sessions)),
    },
    { key: 'volatility', heading: t('volatility'), align: 'right', cell: ({ volatility }) => format.percent(volatility) },
    { key: 'sharpe', heading: t('sharpe'), align: 'right', cell: ({ sharpe_ratio }) => format.number(sharpe_ratio) },
  ];
  const subject = regimes.of_benchmark && benchmark ? benchmark : t('account');
  return (
    <Card>
      <CardHeader
        title={t('regimeTitle')}
        hint={t('regimeHint', { subject, unknown: regimes.unknown_sessions })}
      />
      <DataTable
        dense
        caption={t('regimeTitle')}
        columns={columns}
        rows={regimes.figures}
        rowKey={({ regime }) => regime}
        rowTestId="regime-row"
      />
    </Card>
  );
}
