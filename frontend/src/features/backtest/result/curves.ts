import { rebased, type LinePoint } from '@/components/charts/line-data';
import type { BacktestDetail } from '@/lib/api/types';

/** The account's total assets by day. */
export function equityOf({ equity }: Pick<BacktestDetail, 'equity'>): LinePoint[] {
  return equity.map(({ date, equity: value }) => ({ date, value }));
}

/** What the same capital would have become in the benchmark; nothing without one. */
export function benchmarkOf(backtest: Pick<BacktestDetail, 'benchmark_levels' | 'initial_capital'>): LinePoint[] {
  const levels = backtest.benchmark_levels;
  return rebased(levels.map(({ date, level }) => ({ date, value: level })), backtest.initial_capital);
}

/** How far the account stood below its highest assets, as the server measured it. */
export function accountFall({ equity }: Pick<BacktestDetail, 'equity'>): LinePoint[] {
  return equity.map(({ date, drawdown }) => ({ date, value: -Math.abs(drawdown) }));
}

