import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { PALETTE } from '@/components/charts/line-data';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { CloseIcon } from '@/components/ui/icons';
import {
  bestOf,
  figuresOf,
  GROUPS,
  parseFigure,
  specOf,
  valueOf,
  type FigureKey,
} from '@/features/backtest/figures/figures';
import { useFigureText, useFigureWords } from '@/features/backtest/figures/use-figure';
import type { BacktestDetail } from '@/lib/api/backtest-contract';
import { queries } from '@/lib/api/queries';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { Link } from '@/lib/navigation';
import { readParameters } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';

const MAIN = [
  'returns.total_return',
  'returns.annual_return',
  'risk.volatility',
  'risk.sharpe_ratio',
  'risk.sortino_ratio',
  'risk.calmar_ratio',
  'drawdown.max_drawdown',
  'drawdown.longest_sessions',
  'trips.closed',
  'trips.win_rate',
  'trips.profit_factor',
  'activity.turnover',
  'activity.costs',
  'significance.deflated_sharpe_ratio',
];

interface CompareFiguresProps {
  runs: BacktestDetail[];
  onRemove: (id: number) => void;
}

/** What was set, and what came out, a run a column; the best of each figure is marked. */
export function CompareFigures({ runs, onRemove }: CompareFiguresProps) {
  const t = useTranslations('compare');
  const groups = useTranslations('figureGroups');
  const [all, setAll] = useState(false);
  const main = MAIN.flatMap((id) => parseFigure(id) ?? []);
  const sections: [string, FigureKey[]][] = all
    ? GROUPS.map((group) => [groups(group), figuresOf(group)])
    : [[t('figures'), main]];
  return (
    <Card>
      <CardHeader
        title={t('figures')}
        hint={t('figuresHint')}
        action={
          <Button variant="secondary" size="sm" onClick={() => setAll(!all)} data-testid="compare-all">
            {t(all ? 'fewer' : 'all')}
          </Button>
        }
      />
      <div className="relative overflow-x-auto">
        <table className="tabular w-full text-sm" data-testid="compare-table">
          <caption className="sr-only">{t('figures')}</caption>
          <thead>
            <tr className="border-y border-line bg-raised align-top">
              <th className="sticky left-0 z-10 min-w-36 bg-raised" />
              {runs.map((run, place) => (
                <th key={run.id} scope="col" className="min-w-36 px-3 py-2 text-right last:pr-5" data-testid="compare-run">
                  <span className="flex items-start justify-end gap-1.5">
                    <span aria-hidden className="mt-1.5 size-2.5 shrink-0 rounded-full" style={{ background: PALETTE[place] }} />
                    <Link href={`/backtest/result/?id=${run.id}`} prefetch={false} className="line-clamp-2 text-left font-semibold hover:underline">
                      {place + 1}. {run.name}
                    </Link>
                    <button
                      type="button"
                      aria-label={t('remove', { name: run.name })}
                      onClick={() => onRemove(run.id)}
                      className="grid size-6 shrink-0 place-items-center rounded text-ink-faint hover:bg-line hover:text-ink"
                    >
                      <CloseIcon />
                    </button>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <SettingRows runs={runs} />
          </tbody>
          {sections.map(([name, figures]) => (
            <tbody key={name}>
              {all && (
                <tr>
                  <th scope="colgroup" colSpan={runs.length + 1} className="sticky left-0 px-4 pt-4 pb-1.5 text-left font-bold sm:px-5">
                    {name}
                  </th>
                </tr>
              )}
              {figures.map((figure) => (
                <FigureRow key={`${figure.group}.${figure.name}`} figure={figure} runs={runs} />
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </Card>
  );
}

const HEAD = 'sticky left-0 z-10 bg-surface py-2 pr-3 pl-4 text-left font-medium text-ink-soft sm:pl-5';

function FigureRow({ figure, runs }: { figure: FigureKey; runs: BacktestDetail[] }) {
  const t = useTranslations('compare');
  const words = useFigureWords();
  const text = useFigureText();
  const values = runs.map(({ report }) => report && valueOf(report, figure));
  const best = bestOf(values, specOf(figure)?.[1] ?? null);
  return (
    <tr className="border-t border-line" data-testid="compare-row" data-figure={`${figure.group}.${figure.name}`}>
      <th scope="row" className={HEAD} title={words.about(figure)}>
        {words.title(figure)}
      </th>
      {values.map((value, place) => (
        <td key={runs[place]?.id} className="px-3 py-2 text-right last:pr-5">
          <span
            className={cn('inline-block rounded px-1.5', best.includes(place) && 'bg-accent-soft font-bold text-accent')}
            data-best={best.includes(place) || undefined}
          >
            {text(figure, value)}
            {best.includes(place) && <span className="sr-only"> ({t('best')})</span>}
          </span>
        </td>
      ))}
    </tr>
  );
}

/** What the runs were asked for; only what differs tells them apart. */
function SettingRows({ runs }: { runs: BacktestDetail[] }) {
  const t = useTranslations('compare');
  const format = useFormat();
  const locale = usePreferences((state) => state.locale);
  const { data: types } = useQuery(queries.strategyTypes());
  const titles = new Map(
    types?.flatMap((type) =>
      readParameters(type.parameters_schema).map(({ name, title }) => [name, title[locale]] as const),
    ),
  );
  const rows: [string, (run: BacktestDetail) => string][] = [
    [t('period'), (run) => `${format.date(run.start_date)} – ${format.date(run.end_date)}`],
    [t('capital'), (run) => format.won(run.initial_capital)],
    [t('strategy'), (run) => types?.find(({ strategy_type }) => strategy_type === run.strategy_type)?.title[locale] ?? run.strategy_type],
    [t('symbols'), (run) => (run.symbols.length > 2 ? t('symbolCount', { count: run.symbols.length }) : run.symbols.join(', '))],
    ...[...new Set(runs.flatMap(({ parameters }) => Object.keys(parameters)))].map(
      (name): [string, (run: BacktestDetail) => string] => [titles.get(name) ?? name, (run) => String(run.parameters[name] ?? '–')],
    ),
  ];
  return rows.map(([name, value]) => {
    const values = runs.map(value);
    const differs = new Set(values).size > 1;
    return (
      <tr key={name} className={cn('border-t border-line', !differs && 'text-ink-faint')}>
        <th scope="row" className={HEAD}>
          {name}
          {differs && <span className="sr-only"> ({t('differs')})</span>}
        </th>
        {values.map((text, place) => (
          <td key={runs[place]?.id} className="px-3 py-2 text-right last:pr-5">
            {text}
          </td>
        ))}
      </tr>
    );
  });
}
