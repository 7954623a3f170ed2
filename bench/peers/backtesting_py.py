"""The rule in backtesting.py: one run an issue."""

import math
import warnings

import pandas as pd
from backtesting import Backtest, Strategy

import rule

warnings.filterwarnings("ignore", category=UserWarning)


class Costs:
    """An exit is charged with the sign of its entry, so the strategy says which it is."""

    selling = False

    def __call__(self, size, price):
        return rule.costs(-size if self.selling else size, price)


class Cross(Strategy):
    costs = None

    def init(self):
        closes = pd.Series(self.data.Close)
        # A bar later than an indicator has its first number, the strategy would be asked for the first time.
        average = lambda length: closes.rolling(length).mean().fillna(math.inf)
        self.fast = self.I(average, rule.FAST)
        self.slow = self.I(average, rule.SLOW)

    def next(self):
        above = self.fast[-1] > self.slow[-1] * rule.ABOVE
        if above and not self.position:
            self.costs.selling = False
            self.buy(size=rule.quantity(self.equity, self.data.Close[-1]))
        elif not above and self.position:
            self.costs.selling = True
            self.position.close()


def prepare(path, issues):
    columns = ["Date", "Open", "High", "Low", "Close", "Volume"]
    frames = (pd.DataFrame(bars, columns=columns) for _, bars in rule.read(path, issues))
    return [frame.assign(Date=pd.to_datetime(frame.Date)).set_index("Date").astype(float) for frame in frames]


def run(frames):
    return [backtest(frame) for frame in frames]


def backtest(frame):
    costs = Costs()
    return Backtest(frame, Cross, cash=rule.CAPITAL, commission=costs).run(costs=costs)


def tell(results):
    return [(result._equity_curve.Equity.tolist(), fills(result._strategy)) for result in results]


def fills(strategy):
    trades = [(t.entry_time, t.size, t.entry_price) for t in (*strategy.closed_trades, *strategy.trades)]
    trades += [(t.exit_time, -t.size, t.exit_price) for t in strategy.closed_trades]
    return [(str(at.date()), size, price, rule.costs(size, price)) for at, size, price in sorted(trades)]


rule.measure(prepare, run, tell)
