"""The rule as a loop that numba compiles: the least a Python program can do."""

import numpy as np
from numba import njit

import rule
from frames import frames

FAST, SLOW, CAPITAL = rule.FAST, rule.SLOW, rule.CAPITAL


@njit
def loop(opens, closes):
    equity = np.empty(len(closes), dtype=np.int64)
    fills = np.empty((len(closes), 3), dtype=np.int64)
    count, cash, held, ordered = 0, CAPITAL, 0, 0
    fast = slow = 0
    for i in range(len(closes)):
        close = closes[i]
        if ordered != 0:
            amount = abs(ordered) * opens[i]
            cost = amount * 15 // 100_000
            if ordered < 0:
                cost += 2 * (amount * 15 // 10_000)
            cash -= ordered * opens[i] + cost
            held += ordered
            fills[count] = (i, ordered, cost)
            count += 1
            ordered = 0
        equity[i] = cash + held * close
        fast += close - (closes[i - FAST] if i >= FAST else 0)
        slow += close - (closes[i - SLOW] if i >= SLOW else 0)
        if i + 1 >= SLOW:
            above = fast * SLOW > slow * FAST
            if above and held == 0:
                ordered = equity[i] * 8 // 10 // close
            elif not above and held > 0:
                ordered = -held
    return equity, fills[:count]


def prepare(path, issues):
    return [(bars.index, bars["open"].to_numpy(), bars["close"].to_numpy()) for _, bars in frames(path, issues)]


def run(issues):
    return [(dates, opens, *loop(opens, closes)) for dates, opens, closes in issues]


def tell(results):
    return [(equity.tolist(), told(dates, opens, fills)) for dates, opens, equity, fills in results]


def told(dates, opens, fills):
    return [(dates[i], int(quantity), int(opens[i]), int(cost)) for i, quantity, cost in fills]


if __name__ == "__main__":
    rule.measure(prepare, run, tell)
