"""A generated series as the peers want it, and what they lack: figures computed a second time from the papers."""

import math
from collections import Counter
from functools import cached_property

import ffn
import numpy as np
import pandas as pd
from scipy import stats

# Sessions of a year.
YEAR = 252


class Series:
    """One generated series, as the peers want it."""

    def __init__(self, record):
        self.name = record["name"]
        self.report = record["report"]
        self.trips = pd.DataFrame(record["round_trips"])
        self.fills = pd.DataFrame([{"symbol": symbol, **fill} for symbol, fill in record["fills"]])
        self.all_drawdowns = record["drawdowns"]
        dates = pd.DatetimeIndex([point["date"] for point in record["equity"]])
        # The capital before the first session, dated a day before it: so the first session counts as a day of its own.
        before = dates[0] - pd.Timedelta(days=1)
        equity = [record["initial"]] + [point["equity"] for point in record["equity"]]
        self.prices = pd.Series(equity, index=dates.insert(0, before), dtype=float)
        self.returns = self.prices.pct_change().iloc[1:]
        self.stock_value = pd.Series([point["stock_value"] for point in record["equity"]], index=dates, dtype=float)
        self.levels = pd.Series(dict(record["benchmark"]))
        self.levels.index = pd.DatetimeIndex(self.levels.index)
        self.benchmark = self.levels.pct_change()[dates]
        self.sessions = len(dates)

    def figure(self, name):
        group, field = name.split(".")
        return self.report[group][field]

    @cached_property
    def drawdown(self):
        return ffn.core.to_drawdown_series(self.prices)

    @cached_property
    def ffn_stats(self):
        return ffn.core.PerformanceStats(self.prices)

    @cached_property
    def pnl(self):
        """Gains of closed round trips in won."""
        if self.trips.empty:
            return pd.Series(dtype=float)
        return self.trips.loc[self.trips.closed_at.notna(), "pnl"].astype(float).reset_index(drop=True)

    @cached_property
    def nonzero(self):
        return (self.returns != 0).sum() / self.sessions


def probabilistic_sharpe(series, threshold=0.0, excess=None):
    """Bailey & López de Prado 2012; `excess` in place of the excess kurtosis of the returns."""
    returns = series.returns
    if series.sessions < 4 or returns.nunique() < 2:
        return None
    sharpe = returns.mean() / returns.std()
    kurtosis = (returns.kurt() if excess is None else excess) + 3
    spread = 1 - returns.skew() * sharpe + (kurtosis - 1) / 4 * sharpe**2
    if spread <= 0:
        return None
    return stats.norm.cdf((sharpe - threshold) * math.sqrt(series.sessions - 1) / math.sqrt(spread))


def expected_best(series):
    """Bailey & López de Prado 2014; the generator knows the variance of the trials of every other series."""
    trials = series.report["significance"]["trials"]
    if trials == 1:
        return 0.0
    variance = 0.002 if trials % 2 == 1 else 1 / (series.sessions - 1)
    return math.sqrt(variance) * (
        (1 - np.euler_gamma) * stats.norm.isf(1 / trials) + np.euler_gamma * stats.norm.isf(1 / (trials * math.e))
    )


def traded(series, *sides):
    return int(series.fills.loc[series.fills.side.isin(sides), "amount"].sum())


def costs(series):
    return int(series.fills.commission.sum() + series.fills.tax.sum())


def a_year(series, won):
    """An amount in proportion to mean equity, by the year."""
    return won / series.prices.iloc[1:].mean() * YEAR / series.sessions


def gains_of_round_trips(series):
    """Cash in less cash out of every round trip, in the order in which they closed."""
    gains, held, cash = [], Counter(), Counter()
    for fill in series.fills.itertuples():
        sign = 1 if fill.side == "sell" else -1
        held[fill.symbol] -= sign * fill.quantity
        cash[fill.symbol] += sign * fill.amount - fill.commission - fill.tax
        if held[fill.symbol] == 0:
            gains.append(cash.pop(fill.symbol))
    return gains


def longest_run(flags):
    return int(flags.groupby((~flags).cumsum()).sum().max())


def closed(series):
    return series.trips[series.trips.closed_at.notna()] if len(series.pnl) else None


def over_cost(series, column):
    trips = closed(series)
    return pd.Series(dtype=float) if trips is None else (trips[column] / trips.bought).astype(float)


def holding_days(series):
    trips = closed(series)
    if trips is None:
        return pd.Series(dtype=float)
    return (pd.to_datetime(trips.closed_at) - pd.to_datetime(trips.opened_at)) / pd.Timedelta(days=1)


def mean_of_ffn_drawdowns(series):
    details = ffn.core.drawdown_details(series.drawdown)
    return math.nan if details is None else details["drawdown"].astype(float).mean()
