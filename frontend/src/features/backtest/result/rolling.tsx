import { ChartLine } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { LineChart } from '@/components/charts/lazy';
import type { Line } from '@/components/charts/line-data';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { ChoiceSelect } from '@/components/ui/choice-select';
import { EmptyState } from '@/components/ui/empty-state';
import { Segmented } from '@/components/ui/segmented';
import { useFigureText, useFigureWords } from '@/features/backtest/figures/use-figure';
import { parseFigure } from '@/features/backtest/figures/figures';
import type { BacktestDetail, RollingWindow } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';
import { RegimeTable } from './regime-table';

const FIGURES = ['total_return', 'volatility', 'sharpe_ratio', 'sortino_ratio', 'beta'] as const;

/** The same figures over windows that move along, and in each state of the market. */
export default function Rolling({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('run');
  const windows = backtest.report?.rolling.filter(({ points }) => points.length > 1) ?? [];
  return (
    <>
      <Card>
        {windows.length === 0 ? (
          <EmptyState icon={ChartLine} title={t('noRolling')} text={t('noRollingHint')} />
        ) : (
          <RollingChart windows={windows} hasBenchmark={Boolean(backtest.report?.benchmark)} />
        )}
      </Card>
      {backtest.report && <RegimeTable regimes={backtest.report.regimes} benchmark={backtest.report.benchmark_name} />}
    </>
  );
}

function RollingChart({ windows, hasBenchmark }: { windows: RollingWindow[]; hasBenchmark: boolean }) {
  const t = useTranslations('run');
  const url = useUrlState();
  const words = useFigureWords();
  const sessions = windows.find((entry) => String(entry.sessions) === url.get('window')) ?? windows[0];
  const choices = FIGURES.filter((name) => name !== 'beta' || hasBenchmark);
  const name = choices.find((entry) => entry === url.get('figure')) ?? 'sharpe_ratio';
  return (
    <>
      <CardHeader
        title={t('rolling')}
        hint={t('rollingHint')}
        action={
          <Segmented
            label={t('window')}
            value={String(sessions?.sessions)}
            onChange={(next) => url.update({ window: next })}
            options={windows.map((entry) => ({
              value: String(entry.sessions),
              label: t('windowSessions', { count: entry.sessions }),
              testId: `rolling-${entry.sessions}`,
            }))}
          />
        }
      />
      <CardBody className="flex flex-col gap-3">
        <div className="w-56 max-w-full">
          <ChoiceSelect
            label={t('figure')}
            value={name}
            options={choices}
            text={(entry) => words.title(parseFigure(entry) ?? { group: 'risk', name: entry })}
            onChange={(next) => url.update({ figure: next })}
            testId="rolling-figure"
          />
        </div>
        <div className="h-80" data-testid="rolling-chart">
          {sessions && <WindowChart window={sessions} name={name} />}
        </div>
      </CardBody>
    </>
  );
}

type RollingFigure = (typeof FIGURES)[number];

function WindowChart({ window, name }: { window: RollingWindow; name: RollingFigure }) {
  const t = useTranslations('run');
  const words = useFigureWords();
  const text = useFigureText();
  const lines = useMemo(() => linesOf(window, name), [window, name]);
  const key = parseFigure(name) ?? { group: 'risk', name };
  return (
    <LineChart
      lines={lines}
      format={(value) => text(key, value)}
      label={t('rollingLabel', { figure: words.title(key), count: window.sessions })}
    />
  );
}

function linesOf({ points }: RollingWindow, name: RollingFigure): Line[] {
  const known = points.flatMap((point) => {
    const value = point[name];
    return value === null ? [] : [{ date: point.date, value }];
  });
  return [{ id: name, label: '', tone: 'main', points: known }];
}
