"""Sweeps of the rule: vectorbt, and a loop that numba compiles, over the same pairs of averages.

Usage: sweep_peers.py BARS ISSUES LENGTH PAIRS VECTORBT_PAIRS, for the first ISSUES issues of BARS and their first
LENGTH bars. Fast averages of 2 to 101 closes are paired with slow ones of 110 and more; vectorbt, which holds an array
of every pair and bar at once, is given the first VECTORBT_PAIRS only.

Prints one line of JSON: CPU and wall seconds and peak memory of each, and how far final equity is apart where both ran.
"""

import json
import sys
import time

import numpy as np
from numba import njit

import rule
from frames import frames

FASTS = range(2, 102)
CAPITAL = rule.CAPITAL


def pairs(count):
    return np.array([(fast, 110 + 2 * slow) for slow in range(count // len(FASTS)) for fast in FASTS], dtype=np.int64)


@njit
def final_equity(opens, closes, sums, fast, slow):
    """Final equity of one pair on one issue; `sums` are running sums of closes, a zero before the first."""
    cash, held, ordered = CAPITAL, 0, 0
    for i in range(slow - 1, len(closes)):
        if ordered != 0:
            amount = abs(ordered) * opens[i]
            cost = amount * 15 // 100_000
            if ordered < 0:
                cost += 2 * (amount * 15 // 10_000)
            cash -= ordered * opens[i] + cost
            held += ordered
            ordered = 0
        above = (sums[i + 1] - sums[i + 1 - fast]) * slow > (sums[i + 1] - sums[i + 1 - slow]) * fast
        if above and held == 0:
            ordered = (cash + held * closes[i]) * 8 // 10 // closes[i]
        elif not above and held > 0:
            ordered = -held
    return cash + held * closes[-1]


@njit
def loop(opens, closes, sums, wanted):
    out = np.empty((closes.shape[0], len(wanted)), dtype=np.int64)
    for issue in range(closes.shape[0]):
        for at in range(len(wanted)):
            out[issue, at] = final_equity(opens[issue], closes[issue], sums[issue], wanted[at, 0], wanted[at, 1])
    return out


def by_numba(opens, closes, wanted):
    sums = np.concatenate([np.zeros((len(closes), 1), dtype=np.int64), closes.cumsum(axis=1)], axis=1)
    return loop(opens, closes, sums, wanted)


def by_vectorbt(opens, closes, wanted):
    import pandas as pd
    import vectorbt as vbt

    from vectorbt_peer import order

    fasts, slows = wanted.T.tolist()
    dates = pd.date_range("1999-01-04", periods=closes.shape[1], freq="B")
    frame = lambda values: pd.DataFrame(values.T.astype(float), index=dates)
    closing = frame(closes)
    # A column is a pair on an issue, issue by issue within a pair.
    windows = sorted({*fasts, *slows})
    every = vbt.MA.run(closing, windows).ma.to_numpy()
    averages = dict(zip(windows, np.hsplit(every, len(windows))))
    above = np.hstack([averages[fast] > averages[slow] * rule.ABOVE for fast, slow in zip(fasts, slows)])
    wide = lambda values: np.tile(values.T.astype(float), (1, len(wanted)))
    arguments = (wide(opens), wide(closes), above)
    columns = pd.DataFrame(wide(closes), index=dates)
    result = vbt.Portfolio.from_order_func(columns, order, *arguments, init_cash=CAPITAL, freq="1D")
    return result.final_value().to_numpy().reshape(len(wanted), len(closes)).T


def timed(work, *arguments):
    cpu, wall = rule.spent(), time.perf_counter()
    answer = work(*arguments)
    return answer, {"cpu": rule.spent() - cpu, "wall": time.perf_counter() - wall}


def main():
    path = sys.argv[1]
    issues, length, count, few = map(int, sys.argv[2:])
    data = [bars[:length] for _, bars in frames(path, issues)]
    opens, closes = (np.array([bars[name].to_numpy() for bars in data], dtype=np.int64) for name in ("open", "close"))
    wanted = pairs(count)
    by_numba(opens[:, :200], closes[:, :200], wanted[:1])
    own, numba = timed(by_numba, opens, closes, wanted)
    numba["peak_mb"] = rule.peak_mb()
    by_vectorbt(opens[:1], closes[:1], wanted[:1])
    theirs, vectorbt = timed(by_vectorbt, opens, closes, wanted[:few])
    vectorbt["peak_mb"] = rule.peak_mb()
    apart = float(np.max(np.abs(theirs / own[:, :few] - 1)))
    print(json.dumps({"numba": numba, "vectorbt": vectorbt, "apart": apart, "best": int(own.max())}))


main()
