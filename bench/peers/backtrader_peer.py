"""The rule in backtrader: one Cerebro an issue, without its observers."""

import datetime

import backtrader as bt

import rule


class Costs(bt.CommInfoBase):
    params = (("stocklike", True), ("commtype", bt.CommInfoBase.COMM_FIXED))

    def _getcommission(self, size, price, pseudoexec):
        return rule.costs(size, price)


class Bars(bt.feed.DataBase):
    """Bars that are in memory already."""

    params = (("bars", ()),)

    def start(self):
        super().start()
        self.left = iter(self.p.bars)

    def _load(self):
        bar = next(self.left, None)
        if bar is None:
            return False
        lines = (self.l.datetime, self.l.open, self.l.high, self.l.low, self.l.close, self.l.volume)
        for line, value in zip(lines, bar):
            line[0] = value
        self.l.openinterest[0] = 0
        return True


class Cross(bt.Strategy):
    def __init__(self):
        self.fast = bt.ind.SMA(period=rule.FAST)
        self.slow = bt.ind.SMA(period=rule.SLOW)
        self.equity, self.fills = [], []

    def prenext(self):
        self.equity.append(self.broker.getvalue())

    def next(self):
        equity = self.broker.getvalue()
        self.equity.append(equity)
        above = self.fast[0] > self.slow[0] * rule.ABOVE
        if above and not self.position:
            self.buy(size=rule.quantity(equity, self.data.close[0]))
        elif not above and self.position:
            self.close()

    def notify_order(self, order):
        if order.status == order.Completed:
            done = order.executed
            self.fills.append((str(bt.num2date(done.dt).date()), int(done.size), done.price, done.comm))


def prepare(path, issues):
    number = lambda date: bt.date2num(datetime.datetime.fromisoformat(date))
    return [[(number(bar[0]), *bar[1:]) for bar in bars] for _, bars in rule.read(path, issues)]


def run(issues):
    return [backtest(bars) for bars in issues]


def backtest(bars):
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(Bars(bars=bars))
    cerebro.addstrategy(Cross)
    cerebro.broker.setcash(rule.CAPITAL)
    cerebro.broker.set_checksubmit(False)
    cerebro.broker.addcommissioninfo(Costs())
    return cerebro.run()[0]


def tell(strategies):
    return [(strategy.equity, strategy.fills) for strategy in strategies]


rule.measure(prepare, run, tell)
