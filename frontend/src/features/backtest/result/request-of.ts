import { storedIds } from '@/features/backtest/form/values';
import type { BacktestDetail, BacktestRequest } from '@/lib/api/types';

/**
 * What would run the same again: the versions that were tested, whatever was saved since, so that the new result names
 * them too. A run without a stored strategy, or older than versions, is told by its settings.
 */
export function requestOf(backtest: BacktestDetail): BacktestRequest {
  const { name, start_date, end_date, initial_capital, fill, benchmark, universe, sweep_id, manifest } = backtest;
  const where = universe ? { universe } : backtest.strategies.length > 1 ? {} : { symbols: backtest.symbols };
  return {
    name,
    ...whatOf(backtest),
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

function whatOf({ strategies, strategy_id, strategy_version, strategy_type, parameters }: BacktestDetail) {
  if (strategies.length > 1) {
    const versions = strategies.map((one) => one.strategy_version);
    return { strategy_ids: storedIds({ strategies }), strategy_versions: versions };
  }
  return strategy_id && strategy_version ? { strategy_id, strategy_version } : { strategy_type, parameters };
}

/** The same by its settings alone, for a strategy that was deleted since. */
export function requestOfSettings(backtest: BacktestDetail): BacktestRequest {
  return requestOf({ ...backtest, strategy_id: null });
}
