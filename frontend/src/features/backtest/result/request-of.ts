import type { BacktestDetail, BacktestRequest } from '@/lib/api/backtest-contract';

/** What would run the same again: the settings of the run itself, not of a strategy that may have changed since. */
export function requestOf(backtest: BacktestDetail): BacktestRequest {
  const { name, start_date, end_date, initial_capital, fill, benchmark, commission, universe } = backtest;
  const several = (backtest.strategy_ids?.length ?? 0) > 1;
  const what = several
    ? { strategy_ids: backtest.strategy_ids }
    : { strategy_type: backtest.strategy_type, parameters: backtest.parameters };
  const where = universe ? { universe } : several ? {} : { symbols: backtest.symbols };
  return {
    name,
    ...what,
    ...where,
    start_date,
    end_date,
    initial_capital,
    ...(fill && { fill }),
    ...(benchmark && { benchmark }),
    ...(commission && { commission }),
  };
}
