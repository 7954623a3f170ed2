"""The rule in zipline-reloaded: bars through a bundle of its own, on a calendar of the bars' own sessions."""

import datetime
import itertools
import logging
import os
import tempfile
import warnings
from collections import deque
from zoneinfo import ZoneInfo

# Where zipline keeps bundles; its own folder in the home directory is left alone.
FOLDER = tempfile.TemporaryDirectory()
os.environ["ZIPLINE_ROOT"] = FOLDER.name
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import pandas as pd
from exchange_calendars.calendar_utils import register_calendar_type
from exchange_calendars.exchange_calendar import ExchangeCalendar
from zipline import run_algorithm
from zipline.api import order, set_commission, set_slippage, symbol
from zipline.data import bundles
from zipline.finance.commission import EquityCommissionModel
from zipline.finance.slippage import SlippageModel
from zipline.utils.calendar_utils import get_calendar

import rule


class NextOpen(SlippageModel):
    def process_order(self, data, order):
        return data.current(order.asset, "open"), order.amount


class Costs(EquityCommissionModel):
    def calculate(self, order, transaction):
        return float(rule.costs(transaction.amount, transaction.price))


def calendar_of(dates):
    """The name of a calendar of just these sessions."""
    calendar = f"bars-{dates[0].date()}-{dates[-1].date()}-{len(dates)}"
    closed = list(pd.date_range(dates[0], dates[-1], freq="B").difference(dates))

    class Sessions(ExchangeCalendar):
        name = calendar
        tz = ZoneInfo("Asia/Seoul")
        open_times = ((None, datetime.time(9)),)
        close_times = ((None, datetime.time(15, 30)),)
        adhoc_holidays = closed
        # The first minute lies before the first session. Left to itself, a calendar begins twenty years ago.
        default_start = classmethod(lambda cls: dates[0] - pd.Timedelta(days=7))
        default_end = classmethod(lambda cls: dates[-1])

    register_calendar_type(calendar, Sessions, force=True)
    return calendar


def prepare(path, issues):
    return [ingest(symbol, bars) for symbol, bars in rule.read(path, issues)]


def ingest(code, bars):
    dates = pd.DatetimeIndex([bar[0] for bar in bars])
    calendar = calendar_of(dates)
    name = f"{code}-{calendar}"
    frame = pd.DataFrame([bar[1:] for bar in bars], index=dates, columns=["open", "high", "low", "close", "volume"])

    def bundle(environ, assets, minutes, days, adjustments, calendar, start, end, cache, show_progress, output):
        days.write([(0, frame)], show_progress=False)
        assets.write(
            equities=pd.DataFrame({"symbol": [f"A{code}"], "exchange": ["BENCH"]}, index=[0]),
            exchanges=pd.DataFrame({"exchange": ["BENCH"], "country_code": ["KR"]}),
        )
        adjustments.write()

    bundles.register(name, bundle, calendar_name=calendar, start_session=dates[0], end_session=dates[-1])
    bundles.ingest(name, show_progress=False)
    return code, name, calendar, dates


def run(issues):
    return [backtest(*issue) for issue in issues]


def backtest(code, name, calendar, dates):
    def initialize(context):
        context.asset, context.closes = symbol(f"A{code}"), deque(maxlen=rule.SLOW)
        set_slippage(NextOpen())
        set_commission(Costs())

    def handle_data(context, data):
        # `data.history` would cost as much again as everything else.
        context.closes.append(data.current(context.asset, "close"))
        if len(context.closes) < rule.SLOW:
            return
        held = context.portfolio.positions[context.asset].amount
        fast = sum(itertools.islice(context.closes, rule.SLOW - rule.FAST, None)) / rule.FAST
        above = fast > sum(context.closes) / rule.SLOW * rule.ABOVE
        if above and not held:
            order(context.asset, rule.quantity(context.portfolio.portfolio_value, context.closes[-1]))
        elif not above and held:
            order(context.asset, -held)

    return run_algorithm(
        start=dates[0],
        end=dates[-1],
        initialize=initialize,
        handle_data=handle_data,
        capital_base=rule.CAPITAL,
        bundle=name,
        trading_calendar=get_calendar(calendar),
        benchmark_returns=pd.Series(0.0, index=dates),
    )


def tell(results):
    return [(result.portfolio_value.tolist(), list(fills(result))) for result in results]


def fills(result):
    for day in result.transactions:
        for one in day:
            size, price = one["amount"], one["price"]
            yield str(one["dt"].date()), size, price, rule.costs(size, price)


rule.measure(prepare, run, tell)
