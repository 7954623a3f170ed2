"""The building blocks of indicators in plain numpy: each value computed from its own window, in extended precision.

A series starts with NaN where there is no value yet; blocks that are put on top of it start where it does."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

REAL = np.longdouble


def series(values):
    return np.asarray(values, dtype=REAL)


def nothing(count):
    return np.full(count, np.nan, dtype=REAL)


def lead(values):
    """How many values there are not at the start."""
    present = np.flatnonzero(~np.isnan(values))
    return present[0] if len(present) else len(values)


def rolling(values, period, reduce):
    """`reduce` of each window of `period` values; it gets them as rows, oldest first."""
    out, start = nothing(len(values)), lead(values)
    if len(values) - start >= period:
        out[start + period - 1 :] = reduce(sliding_window_view(values[start:], period))
    return out


def total(values, period):
    return rolling(values, period, lambda rows: rows.sum(axis=1))


def sma(values, period):
    return rolling(values, period, lambda rows: rows.mean(axis=1))


def lwma(values, period):
    weights = np.arange(1, period + 1, dtype=REAL)
    return rolling(values, period, lambda rows: (rows * weights).sum(axis=1) / weights.sum())


def highest(values, period):
    return rolling(values, period, lambda rows: rows.max(axis=1))


def lowest(values, period):
    return rolling(values, period, lambda rows: rows.min(axis=1))


def since_latest(values, period, extreme):
    """Bars since the latest of the highest (or lowest) values of the window."""
    return rolling(values, period, lambda rows: extreme(rows[:, ::-1], axis=1).astype(REAL))


def deviation(values, period, sample=False):
    return rolling(values, period, lambda rows: rows.std(axis=1, ddof=int(sample)))


def recursive(values, period, share, early=False):
    """Mean of the first `period` values, then a share of the way to each next one. With `early` the running mean before."""
    out, start = nothing(len(values)), lead(values)
    if early:
        for place in range(start, min(start + period - 1, len(values))):
            out[place] = values[start : place + 1].mean()
    if len(values) - start < period:
        return out
    current = values[start : start + period].mean()
    out[start + period - 1] = current
    for place in range(start + period, len(values)):
        current = values[place] * share + current * (1 - share)
        out[place] = current
    return out


def ema(values, period):
    return recursive(values, period, REAL(2) / (period + 1))


def wilder(values, period, early=False):
    return recursive(values, period, REAL(1) / period, early)


def delayed(values, lag):
    out = nothing(len(values))
    out[lag:] = values[: len(values) - lag]
    return out


def change(values):
    return values - delayed(values, 1)


def percent_change(values, period):
    past = delayed(values, period)
    return 100 * (values - past) / past


def over(numerator, denominator, otherwise):
    """The ratio, and something else where it divides by zero."""
    with np.errstate(all="ignore"):
        ratio = numerator / denominator
    return np.where(denominator == 0, np.where(np.isnan(numerator), np.nan, otherwise), ratio)


def carried(values):
    """Each missing value after the first one is that before it."""
    out, last = values.copy(), np.nan
    for place, value in enumerate(values):
        last = last if np.isnan(value) else value
        out[place] = last
    return out


def true_range(bars):
    previous = delayed(bars.close, 1)
    ranges = np.stack([bars.high - bars.low, np.abs(bars.high - previous), np.abs(bars.low - previous)])
    return np.fmax.reduce(ranges)


def round_half_even(value):
    return int(np.round(value))
