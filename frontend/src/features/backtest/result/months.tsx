import { CalendarDays } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Change } from '@/components/finance/change';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import type { BacktestDetail } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useMediaQuery } from '@/lib/hooks/use-media-query';
import { strength, yearRows, type YearRow } from './month-grid';
import { YearTable } from './year-table';

const MONTHS = Array.from({ length: 12 }, (_, month) => month);

/** Returns by month and by year. */
export default function Months({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('run');
  const wide = useMediaQuery('(min-width: 768px)');
  const rows = backtest.report ? yearRows(backtest.report) : [];
  if (rows.length === 0) {
    return (
      <Card>
        <EmptyState icon={CalendarDays} title={t('noMonths')} text={t('noMonthsHint')} />
      </Card>
    );
  }
  return (
    <>
      <Card>
        <CardHeader title={t('months')} hint={t('monthsHint')} />
        <CardBody>{wide ? <Grid rows={rows} /> : <Cards rows={rows} />}</CardBody>
      </Card>
      <YearTable rows={rows} />
    </>
  );
}

function Grid({ rows }: { rows: YearRow[] }) {
  const t = useTranslations('run');
  const format = useFormat();
  return (
    <div className="overflow-x-auto">
      <table className="tabular w-full table-fixed border-separate border-spacing-0.5 text-center text-xs" data-testid="month-grid">
        <caption className="sr-only">{t('months')}</caption>
        <thead>
          <tr className="text-ink-faint">
            <th scope="col" className="w-14 py-1 text-left font-semibold">
              {t('year')}
            </th>
            {MONTHS.map((month) => (
              <th key={month} scope="col" className="py-1 font-semibold">
                {format.monthName(month + 1)}
              </th>
            ))}
            <th scope="col" className="w-20 py-1 font-semibold">
              {t('wholeYear')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ year, months, total }) => (
            <tr key={year}>
              <th scope="row" className="text-left text-sm font-semibold">
                {year}
              </th>
              {months.map((value, month) => (
                <Cell key={month} value={value} />
              ))}
              <td className="pl-2 text-sm">
                <Change value={total} text={format.percent(total, { signed: true, digits: 1 })} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ value }: { value: number | null }) {
  const format = useFormat();
  return (
    <td
      data-testid={value === null ? undefined : 'month-cell'}
      className="h-9 rounded-sm bg-raised font-medium"
      style={value === null ? undefined : { background: tint(value) }}
    >
      {value === null ? '' : format.percent(value, { signed: true, digits: 1 })}
    </td>
  );
}

function tint(value: number): string {
  const color = value > 0 ? 'var(--up)' : 'var(--down)';
  return `color-mix(in srgb, ${color} ${strength(value)}%, var(--raised))`;
}

/** The same on a phone: a year a block, four months a row. */
function Cards({ rows }: { rows: YearRow[] }) {
  const format = useFormat();
  return (
    <ul className="flex flex-col gap-4" data-testid="month-grid">
      {rows.map(({ year, months, total }) => (
        <li key={year}>
          <p className="flex justify-between text-sm font-semibold">
            <span className="tabular">{year}</span>
            <Change value={total} text={format.percent(total, { signed: true, digits: 1 })} />
          </p>
          <ol className="mt-1.5 grid grid-cols-4 gap-1">
            {months.map((value, month) => (
              <li
                key={month}
                className="tabular rounded-md bg-raised px-1 py-1.5 text-center text-xs"
                style={value === null ? undefined : { background: tint(value) }}
              >
                <span className="block text-[0.6875rem] text-ink-soft">{format.monthName(month + 1)}</span>
                <span className="block font-medium">
                  {value === null ? '·' : format.percent(value, { signed: true, digits: 1 })}
                </span>
              </li>
            ))}
          </ol>
        </li>
      ))}
    </ul>
  );
}
