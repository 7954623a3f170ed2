import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useParameterText } from '@/components/finance/use-parameter-text';
import { bestOf, figuresOf, GROUPS, parseFigure, specOf, valueOf, type FigureKey } from '@/features/backtest/figures/figures';
import { useFigureText, useFigureWords } from '@/features/backtest/figures/use-figure';
import { useScopeText, useSlippageText } from '@/features/backtest/use-terms-text';
import type { BacktestDetail } from '@/lib/api/types';
import { queries } from '@/lib/api/queries';
import { NOTHING } from '@/lib/format/format';
import { useFormat } from '@/lib/format/use-format';
import { flatValues, readDocument, readParameters, valueAt, type ParameterValues } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';

/** One line of the comparison: a name and the text of each run. */
export interface CompareRow {
  id: string;
  name: string;
  about?: string;
  texts: string[];
  /** The places of the best. */
  best: number[];
  /** A setting that is the same for all runs. */
  same?: boolean;
}

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

/** What came out, by group; the main figures alone, or all of them. */
export function useFigureRows(runs: BacktestDetail[], all: boolean): [string, CompareRow[]][] {
  const t = useTranslations('compare');
  const groups = useTranslations('figureGroups');
  const words = useFigureWords();
  const text = useFigureText();
  const rowOf = (key: FigureKey): CompareRow => {
    const values = runs.map(({ report }) => report && valueOf(report, key));
    return {
      id: `${key.group}.${key.name}`,
      name: words.title(key),
      about: words.about(key),
      texts: values.map((value) => text(key, value)),
      best: bestOf(values, specOf(key)?.[1] ?? null),
    };
  };
  if (all) return GROUPS.map((group) => [groups(group), figuresOf(group).map(rowOf)]);
  return [[t('figures'), MAIN.flatMap((id) => parseFigure(id) ?? []).map(rowOf)]];
}

/** What the runs were asked for; only what differs tells them apart. */
export function useSettingRows(runs: BacktestDetail[]): CompareRow[] {
  const t = useTranslations('compare');
  const format = useFormat();
  const locale = usePreferences((state) => state.locale);
  const { data: types = [] } = useQuery(queries.strategyTypes());
  const known = new Map(types.flatMap((type) => readParameters(type.parameters_schema).map((parameter) => [parameter.name, parameter] as const)));
  const documents = new Set(types.flatMap((type) => readDocument(type.parameters_schema)?.name ?? []));
  const text = useParameterText();
  const valuesIn = (run: BacktestDetail) => flatValues(run.parameters as ParameterValues).filter(([name]) => !documents.has(name));
  const names = [...new Set(runs.flatMap((run) => valuesIn(run).map(([name]) => name)))];
  const kindOf = (name: string) => types.find((type) => type.strategy_type === name)?.title[locale] ?? name;
  const form = useTranslations('backtestForm');
  const scopeText = useScopeText();
  const slippageText = useSlippageText();
  const issues = (run: BacktestDetail) =>
    run.symbols.length > 2 ? t('symbolCount', { count: run.symbols.length }) : scopeText(run, 2);
  const kinds = (run: BacktestDetail) => run.strategies.map(({ strategy_type }) => kindOf(strategy_type)).join(' + ');
  const rows: [string, string, (run: BacktestDetail) => string][] = [
    ['period', t('period'), (run) => `${format.date(run.start_date)} – ${format.date(run.end_date)}`],
    ['capital', t('capital'), (run) => format.won(run.initial_capital)],
    ['strategy', t('strategy'), kinds],
    ['symbols', t('symbols'), issues],
    ['benchmark', form('benchmark'), ({ benchmark }) => benchmark ?? NOTHING],
    ['timing', form('timing'), ({ fill }) => form(`timings.${fill.timing}`)],
    ['slippage', form('slippage'), ({ fill }) => slippageText(fill.slippage)],
    ...names.map((name): [string, string, (run: BacktestDetail) => string] => {
      const parameter = known.get(name);
      const value = (run: BacktestDetail) => valueAt(run.parameters, name);
      return [name, parameter?.title[locale] ?? name, (run) => (parameter ? text(parameter, value(run)) : String(value(run) ?? NOTHING))];
    }),
  ];
  return rows.map(([id, name, value]) => {
    const texts = runs.map(value);
    return { id, name, texts, best: [], same: new Set(texts).size < 2 };
  });
}
