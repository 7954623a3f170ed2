import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useParameterText } from '@/components/finance/use-parameter-text';
import { bestOf, figuresOf, GROUPS, parseFigure, specOf, valueOf, type FigureKey } from '@/features/backtest/figures/figures';
import { useFigureText, useFigureWords } from '@/features/backtest/figures/use-figure';
import { useScopeText, useSlippageText } from '@/features/backtest/use-terms-text';
import type { BacktestDetail, StrategyType } from '@/lib/api/types';
import { queries } from '@/lib/api/queries';
import { NOTHING } from '@/lib/format/format';
import { useFormat } from '@/lib/format/use-format';
import {
  appliedParameters,
  flatValues,
  OVERRIDES,
  readParameters,
  valueAt,
  type Parameter,
  type ParameterValue,
  type ParameterValues,
} from '@/lib/parameters/schema';
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

interface Setting {
  /** What its kind says of it; nothing of what a document declares. */
  parameter: Parameter | null;
  value: ParameterValue | undefined;
}

/** The settings that had an effect on a run, by name in the order of its form; a document is no setting among others. */
function settingsOf({ strategy_type, parameters }: BacktestDetail, types: StrategyType[]): Map<string, Setting> {
  const schema = types.find((type) => type.strategy_type === strategy_type)?.parameters_schema;
  const applied = appliedParameters(readParameters(schema), parameters);
  const known = applied.map((parameter): [string, Setting] => [parameter.name, { parameter, value: valueAt(parameters, parameter.name) }]);
  const own = flatValues(parameters as ParameterValues)
    .filter(([name]) => name.startsWith(OVERRIDES))
    .map(([name, value]): [string, Setting] => [name, { parameter: null, value }]);
  return new Map([...known, ...own]);
}

/** What the runs were asked for; only what differs tells them apart. */
export function useSettingRows(runs: BacktestDetail[]): CompareRow[] {
  const t = useTranslations('compare');
  const format = useFormat();
  const locale = usePreferences((state) => state.locale);
  const { data: types = [] } = useQuery(queries.strategyTypes());
  const text = useParameterText();
  const settings = runs.map((run) => settingsOf(run, types));
  const names = [...new Set(settings.flatMap((each) => [...each.keys()]))];
  const kindOf = (name: string) => types.find((type) => type.strategy_type === name)?.title[locale] ?? name;
  const form = useTranslations('backtestForm');
  const scopeText = useScopeText();
  const slippageText = useSlippageText();
  const issues = (run: BacktestDetail) =>
    run.symbols.length > 2 ? t('symbolCount', { count: run.symbols.length }) : scopeText(run, 2);
  const kinds = (run: BacktestDetail) => run.strategies
      .map(({ strategy_type, strategy_version: version }) => `${kindOf(strategy_type)}${version === null ? '' : ` v${version}`}`)
      .join(' + ');
  const rows: [string, string, (run: BacktestDetail) => string][] = [
    ['period', t('period'), (run) => `${format.date(run.start_date)} – ${format.date(run.end_date)}`],
    ['capital', t('capital'), (run) => format.won(run.initial_capital)],
    ['strategy', t('strategy'), kinds],
    ['symbols', t('symbols'), issues],
    ['benchmark', form('benchmark'), ({ benchmark }) => benchmark ?? NOTHING],
    ['timing', form('timing'), ({ fill }) => form(`timings.${fill.timing}`)],
    ['slippage', form('slippage'), ({ fill }) => slippageText(fill.slippage)],
    ...names.map((name): [string, string, (run: BacktestDetail) => string] => {
      const parameter = settings.find((each) => each.get(name)?.parameter)?.get(name)?.parameter;
      const write = (value: unknown) => (parameter ? text(parameter, value) : String(value ?? NOTHING));
      return [name, parameter?.title[locale] ?? name, (run) => write(settings[runs.indexOf(run)]?.get(name)?.value)];
    }),
  ];
  return rows.map(([id, name, value]) => {
    const texts = runs.map(value);
    return { id, name, texts, best: [], same: new Set(texts).size < 2 };
  });
}
