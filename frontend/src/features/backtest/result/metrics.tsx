import { ChartNoAxesColumn } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { SearchField } from '@/components/ui/search-field';
import { figuresOf, GROUPS, valueOf, type FigureGroup, type FigureKey } from '@/features/backtest/figures/figures';
import { useFigureText, useFigureWords } from '@/features/backtest/figures/use-figure';
import type { BacktestDetail, PerformanceReport } from '@/lib/api/types';

/** Every figure of the report with what it tells and how it was computed. */
export default function Metrics({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('run');
  const words = useFigureWords();
  const [wanted, setWanted] = useState('');
  const { report } = backtest;
  if (!report) {
    return (
      <Card>
        <EmptyState icon={ChartNoAxesColumn} title={t('noReport')} text={t('noReportHint')} />
      </Card>
    );
  }
  const matches = (key: FigureKey) =>
    `${words.title(key)} ${words.about(key)} ${key.name}`.toLowerCase().includes(wanted.toLowerCase());
  const groups = GROUPS.map((group) => ({
    group,
    figures: group === 'benchmark' && !report.benchmark ? [] : figuresOf(group).filter(matches),
  })).filter(({ figures }) => figures.length > 0);
  return (
    <>
      <div className="max-w-sm">
        <SearchField label={t('findFigure')} value={wanted} onChange={setWanted} testId="figure-search" />
      </div>
      {groups.length === 0 && <p className="text-sm text-ink-faint">{t('noFigure')}</p>}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        {groups.map(({ group, figures }) => (
          <Group key={group} group={group} figures={figures} report={report} />
        ))}
      </div>
    </>
  );
}

interface GroupProps {
  group: FigureGroup;
  figures: FigureKey[];
  report: PerformanceReport;
}

function Group({ group, figures, report }: GroupProps) {
  const groups = useTranslations('figureGroups');
  return (
    <Card>
      <CardHeader title={groups(group)} hint={group === 'benchmark' ? report.benchmark_name : undefined} />
      <CardBody>
        <dl>
          {figures.map((figure) => (
            <FigureLine key={figure.name} figure={figure} report={report} />
          ))}
        </dl>
      </CardBody>
    </Card>
  );
}

function FigureLine({ figure, report }: { figure: FigureKey; report: PerformanceReport }) {
  const t = useTranslations('run');
  const words = useFigureWords();
  const text = useFigureText();
  const id = `${figure.group}.${figure.name}`;
  const convention = report.conventions.find((entry) => entry.figure === id)?.text;
  return (
    <div className="border-b border-line py-2.5 last:border-b-0" data-testid="figure" data-figure={id}>
      <dt className="flex items-baseline justify-between gap-4">
        <span className="text-sm font-semibold">{words.title(figure)}</span>
        <span className="tabular shrink-0 text-sm font-bold">{text(figure, valueOf(report, figure))}</span>
      </dt>
      <dd className="mt-0.5 text-sm text-ink-faint">
        {words.about(figure) || convention}
        {convention && (
          <details className="mt-0.5 text-xs">
            <summary className="inline-flex min-h-6 cursor-pointer items-center underline-offset-2 hover:underline">
              {t('convention')}
            </summary>
            <p className="mt-1 rounded-md bg-raised px-2.5 py-1.5" lang="en">
              {convention}
            </p>
          </details>
        )}
      </dd>
    </div>
  );
}
