"""The rule in NautilusTrader: its Rust core, with the strategy in Python as its documentation has it.

A bar is known at its close and shows no open to trade at, so each one comes with a quote of its open before it. An
order takes a nanosecond to reach the venue: what is decided at a close meets the quote of the next open.
"""

from datetime import datetime, timezone

from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.backtest.models import FeeModel, LatencyModel
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.currencies import KRW
from nautilus_trader.model.data import Bar, BarType, QuoteTick
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.strategy import Strategy

import rule

VENUE = Venue("XKRX")
OPENING, CLOSING = 9 * 3600 * 10**9, 15 * 3600 * 10**9


class Costs(FeeModel):
    def get_commission(self, order, fill_qty, fill_px, instrument):
        size = int(fill_qty) if order.side == OrderSide.BUY else -int(fill_qty)
        return Money(rule.costs(size, int(fill_px)), KRW)


class CrossConfig(StrategyConfig, frozen=True):
    instrument_id: InstrumentId
    bar_type: BarType


class Cross(Strategy):
    def __init__(self, config):
        super().__init__(config)
        self.averages = SimpleMovingAverage(rule.FAST), SimpleMovingAverage(rule.SLOW)
        self.equity, self.fills = [], []
        self.bought = 0

    def on_start(self):
        self.instrument = self.cache.instrument(self.config.instrument_id)
        self.account = self.cache.account_for_venue(VENUE)
        for average in self.averages:
            self.register_indicator_for_bars(self.config.bar_type, average)
        self.subscribe_bars(self.config.bar_type)

    def on_bar(self, bar):
        close = int(bar.close)
        equity = int(self.account.balance_total(KRW)) + self.bought * close
        self.equity.append(equity)
        fast, slow = self.averages
        if not slow.initialized:
            return
        above = fast.value > slow.value * rule.ABOVE
        if above and not self.bought:
            self.order(OrderSide.BUY, rule.quantity(equity, close))
        elif not above and self.bought:
            self.order(OrderSide.SELL, self.bought)

    def order(self, side, quantity):
        quantity = self.instrument.make_qty(quantity)
        # Unless it is said to reduce a holding, a sale is held against the cash that is free.
        sells = side == OrderSide.SELL
        made = self.order_factory.market(self.config.instrument_id, side, quantity, reduce_only=sells)
        self.submit_order(made)

    def on_order_filled(self, event):
        size = int(event.last_qty) if event.order_side == OrderSide.BUY else -int(event.last_qty)
        self.bought += size
        date = datetime.fromtimestamp(event.ts_event / 1e9, timezone.utc).date()
        self.fills.append((str(date), size, float(event.last_px), float(event.commission)))


def prepare(path, issues):
    return [(symbol, events(symbol, bars)) for symbol, bars in rule.read(path, issues)]


def events(symbol, bars):
    instrument_id = InstrumentId(Symbol(symbol), VENUE)
    bar_type = BarType.from_str(f"{instrument_id}-1-DAY-LAST-EXTERNAL")
    plenty = Quantity.from_int(1_000_000)
    made = []
    for date, *prices, volume in bars:
        midnight = int(datetime.fromisoformat(date).replace(tzinfo=timezone.utc).timestamp()) * 10**9
        first, high, low, close = (Price(price, 0) for price in prices)
        at = midnight + OPENING
        made.append(QuoteTick(instrument_id, first, first, plenty, plenty, at, at))
        at = midnight + CLOSING
        made.append(Bar(bar_type, first, high, low, close, Quantity.from_int(volume), at, at))
    return made


def run(issues):
    return [backtest(*issue) for issue in issues]


def backtest(symbol, made):
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(
        VENUE,
        oms_type=OmsType.NETTING,
        account_type=AccountType.CASH,
        base_currency=KRW,
        starting_balances=[Money(rule.CAPITAL, KRW)],
        fee_model=Costs(),
        latency_model=LatencyModel(1),
        bar_execution=False,
    )
    instrument_id = InstrumentId(Symbol(symbol), VENUE)
    engine.add_instrument(Equity(instrument_id, Symbol(symbol), KRW, 0, Price(1, 0), Quantity.from_int(1), 0, 0))
    engine.add_data(made, sort=False, validate=False)
    bar_type = BarType.from_str(f"{instrument_id}-1-DAY-LAST-EXTERNAL")
    strategy = Cross(CrossConfig(instrument_id=instrument_id, bar_type=bar_type))
    engine.add_strategy(strategy)
    engine.run()
    engine.dispose()
    return strategy


def tell(strategies):
    return [(strategy.equity, strategy.fills) for strategy in strategies]


rule.measure(prepare, run, tell)
