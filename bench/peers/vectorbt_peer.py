"""The rule in vectorbt: every issue is a column with a wallet of its own, and all run at once."""

import numpy as np
import pandas as pd
import vectorbt as vbt
from numba import njit
from vectorbt.portfolio import nb

import rule
from frames import frames

FAST, SLOW = rule.FAST, rule.SLOW


@njit
def order(c, opens, closes, above):
    """Ordered at the close before, filled at this open."""
    before = c.i - 1
    if before + 1 < SLOW:
        return nb.NoOrder
    price = opens[c.i, c.col]
    if above[before, c.col] and c.position_now == 0:
        size = c.cash_now * 8 // 10 // closes[before, c.col]
        return nb.order_nb(size, price, fixed_fees=size * price * 15 // 100_000)
    if not above[before, c.col] and c.position_now > 0:
        amount = c.position_now * price
        fees = amount * 15 // 100_000 + 2 * (amount * 15 // 10_000)
        return nb.order_nb(-c.position_now, price, fixed_fees=fees)
    return nb.NoOrder


def prepare(path, issues):
    found = list(frames(path, issues))
    dates = pd.DatetimeIndex(found[0][1].index)
    column = lambda name: pd.DataFrame({symbol: bars[name].to_numpy(float) for symbol, bars in found}, index=dates)
    return column("open"), column("close")


def run(bars):
    opens, closes = bars
    fast = vbt.MA.run(closes, FAST).ma.to_numpy()
    slow = vbt.MA.run(closes, SLOW).ma.to_numpy()
    above = fast > slow * rule.ABOVE
    arguments = (opens.to_numpy(), closes.to_numpy(), above)
    result = vbt.Portfolio.from_order_func(closes, order, *arguments, init_cash=rule.CAPITAL, freq="1D")
    result.value(), result.total_return(), result.annualized_volatility(), result.sharpe_ratio(), result.max_drawdown()
    return result


def tell(result):
    equity = result.value().to_numpy()
    dates = result.wrapper.index.strftime("%Y-%m-%d").to_numpy()
    records = result.orders.values
    signed = np.where(records["side"] == 0, records["size"], -records["size"])
    fills = [[] for _ in range(equity.shape[1])]
    for column, at, size, price, fees in zip(records["col"], records["idx"], signed, records["price"], records["fees"]):
        fills[column].append((dates[at], int(size), float(price), float(fees)))
    return [(equity[:, column].tolist(), fills[column]) for column in range(equity.shape[1])]


if __name__ == "__main__":
    rule.measure(prepare, run, tell)
