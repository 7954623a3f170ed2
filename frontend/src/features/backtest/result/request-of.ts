import { storedIds } from '@/features/backtest/form/values';
import type { BacktestDetail, BacktestRequest } from '@/lib/api/types';

/** What would run the same again: the settings of the run itself, not of a strategy that may have changed since. */
export function requestOf(backtest: BacktestDetail): BacktestRequest {
  const { name, start_date, end_date, initial_capital, fill, benchmark, universe, sweep_id, manifest } = backtest;
  const several = storedIds(backtest);
  const what =
    several.length > 1
      ? { strategy_ids: several }
      : { strategy_type: backtest.strategy_type, parameters: backtest.parameters };
  const where = universe ? { universe } : several.length > 1 ? {} : { symbols: backtest.symbols };
  return {
    name,
    ...what,
    ...where,
    start_date,
    end_date,
    initial_capital,
    ...(fill && { fill }),
    ...(benchmark && { benchmark }),
    ...(sweep_id && { sweep_id }),
    ...(manifest && { commission: manifest.commission }),
  };
}
