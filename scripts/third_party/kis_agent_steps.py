"""kis-agent 1.6.1: new TR ids, upper-case keys, pages by message, a stream of many subscriptions."""

import asyncio
import logging
import sys
from base64 import b64decode

from kis_agent import Agent
from kis_agent.websocket.ws_agent import SubscriptionType, WSAgent
from steps import ADDRESSES, Steps, account, accepted, control, eventually, live_in_emulated_time, same

logging.disable(logging.CRITICAL)
live_in_emulated_time()
ME = account("real", int(sys.argv[1]))
TODAY = "20261001"
ISSUES = sorted(control("issues"), key=lambda issue: int(issue["price"]))
SYMBOL = ISSUES[3]["symbol"]
step = Steps("kis-agent")
state = {}


@step("token")
def _():
    number, product = ME["account_no"].split("-")
    state["agent"] = Agent(ME["app_key"], ME["app_secret"], number, product, base_url=ADDRESSES["rest"])
    assert state["agent"].client.token.startswith("ey")


agent = state["agent"]


@step("price")
def _():
    output = accepted(agent.get_stock_price(SYMBOL))
    assert int(output["stck_llam"]) < int(output["stck_prpr"]) < int(output["stck_mxpr"])
    state["lower"], state["tick"] = int(output["stck_llam"]), int(output["aspr_unit"])


@step("order book")
def _():
    book = accepted(agent.get_orderbook_raw(SYMBOL))
    assert int(book["askp1"]) > int(book["bidp1"]) > 0, book


@step("recent trades")
def _():
    trades = accepted(agent.inquire_ccnl(SYMBOL))
    assert 0 < len(trades) <= 30 and int(trades[0]["cntg_vol"]) > 0


@step("daily prices")
def _():
    same(len(accepted(agent.inquire_daily_price(SYMBOL))), 30)


@step("daily chart over several pages")
def _():
    answer = agent.get_daily_price_all(SYMBOL, "20250901", TODAY)
    days = [bar["stck_bsop_date"] for bar in answer["output2"]]
    assert len(days) > 200 and answer["_pagination_info"]["total_calls"] >= 3, answer["_pagination_info"]
    same(days, sorted(set(days), reverse=True))


@step("minutes of the day, and of a day before")
def _():
    today = [bar["stck_cntg_hour"] for bar in agent.get_daily_minute_price(SYMBOL, TODAY)["output2"]]
    assert len(today) >= 59, len(today)
    before = [bar["stck_cntg_hour"] for bar in agent.get_daily_minute_price(SYMBOL, "20260930")["output2"]]
    assert len(before) > 350, len(before)


@step("volume rank")
def _():
    rows = accepted(agent.volume_rank())
    assert 0 < len(rows) <= 30 and rows[0]["data_rank"] == "1", rows[:1]


@step("holidays")
def _():
    same(agent.is_holiday("20261001"), False)
    same(agent.is_holiday("20261003"), True)


@step("issue")
def _():
    output = accepted(agent.search_stock_info(SYMBOL))
    assert output["pdno"].endswith(SYMBOL), output["pdno"]


@step("buyable and sellable")
def _():
    same(accepted(agent.inquire_psbl_sell(SYMBOL))["ord_psbl_qty"], "0")
    assert int(agent.inquire_psbl_order(state["lower"], SYMBOL, "00")["nrcvb_buy_qty"]) > 0


def open_orders(until):
    """The open orders once they are as expected: the client keeps an answer for some seconds."""
    rows = lambda: accepted(agent.inquire_psbl_rvsecncl())
    eventually(lambda: until(rows()))
    return rows()


@step("limit order")
def _():
    state["order"] = accepted(agent.order_stock_cash("buy", SYMBOL, "00", "5", str(state["lower"])))


@step("open orders, by the old TR id")
def _():
    [row] = open_orders(len)
    same((row["odno"], row["psbl_qty"]), (state["order"]["ODNO"], "5"))


@step("amend")
def _():
    old = state["order"]["ODNO"]
    price = state["lower"] + state["tick"]
    state["order"] = accepted(agent.order_rvsecncl(old, 5, price, "00", "01"))
    [row] = open_orders(lambda rows: [row["odno"] for row in rows] == [state["order"]["ODNO"]])
    same((row["odno"], row["orgn_odno"], row["ord_unpr"]), (state["order"]["ODNO"], old, str(price)))


@step("cancel")
def _():
    accepted(agent.order_rvsecncl(state["order"]["ODNO"], 5, 0, "00", "02"))
    same(open_orders(lambda rows: not rows), [])


@step("market order and balance")
def _():
    accepted(agent.order_stock_cash("buy", SYMBOL, "01", "2", "0"))
    held = lambda: [row for row in agent.get_account_balance()["output1"] if row["pdno"] == SYMBOL]
    [row] = eventually(held)
    same((row["hldg_qty"], row["ord_psbl_qty"]), ("2", "2"))


@step("order that the cash does not cover is refused")
def _():
    answer = agent.order_stock_cash("buy", SYMBOL, "00", "99999999", str(state["lower"]))
    assert answer["rt_cd"] not in ("0", None) and answer["msg1"].strip(), answer


@step("daily list")
def _():
    rows = accepted(agent.inquire_daily_ccld(TODAY, TODAY))
    by_number = {row["odno"]: row for row in rows}
    cancelled = by_number[state["order"]["ODNO"]]
    same((cancelled["cncl_cfrm_qty"], cancelled["rmn_qty"], cancelled["tot_ccld_qty"]), ("5", "0", "0"))
    [filled] = [row for row in rows if row["ord_dvsn_cd"] == "01"]
    same((filled["tot_ccld_qty"], filled["rmn_qty"]), ("2", "0"))


@step("daily list over two pages")
def _():
    for _ in range(100):
        accepted(agent.order_stock_cash("buy", SYMBOL, "00", "1", str(state["lower"])))
    pages = []
    answer = agent.inquire_daily_ccld(
        TODAY, TODAY, pagination=True, page_callback=lambda page, rows, keys: pages.append(len(rows))
    )
    same((len(pages), pages[0]), (2, 100))
    same(len(answer["output1"]), sum(pages))
    same(len({row["odno"] for row in answer["output1"]}), sum(pages))


@step("daily profit")
def _():
    [day] = accepted(agent.get_period_profit(TODAY, TODAY))
    assert day["trad_dt"] == TODAY and int(day["buy_amt"]) > 0, day


async def listen(kinds, act, enough, seconds=30):
    """Subscribes, waits until every subscription is acknowledged, acts, and waits until it heard enough."""
    heard = {kind: [] for kind, _ in kinds}
    stream = WSAgent(agent.client.get_ws_approval_key(), url=ADDRESSES["ws"] + "/tryitout", auto_reconnect=True)
    for kind, key in kinds:
        stream.subscribe(kind, key)
        stream.register_handler(kind, lambda values, _, kind=kind: heard[kind].append(values))
    session = asyncio.create_task(stream.connect())
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while len(stream.active_subscriptions) < len(kinds) and loop.time() < until:
        await asyncio.sleep(0.1)
    same(len(stream.active_subscriptions), len(kinds))
    await loop.run_in_executor(None, act)
    while not enough(heard) and loop.time() < until:
        await asyncio.sleep(0.1)
    await stream.disconnect()
    await session
    assert enough(heard), {kind.name: len(values) for kind, values in heard.items()}
    return heard


@step("stream: trades and books")
def _():
    symbols = [issue["symbol"] for issue in ISSUES[:5]]
    trade, book = SubscriptionType.STOCK_TRADE, SubscriptionType.STOCK_ASK_BID
    kinds = [(kind, symbol) for symbol in symbols for kind in (trade, book)]
    heard = asyncio.run(listen(kinds, lambda: None, lambda heard: min(len(heard[trade]), len(heard[book])) >= 3))
    for values in heard[trade]:
        assert values[0] in symbols and int(values[2]) > 0 and len(values) % 47 == 0, values
    for values in heard[book]:
        assert len(values) == 63 and int(values[3]) > int(values[13]) > 0, values


@step("stream: notices of an order arrive encrypted (the client does not decrypt them)")
def _():
    notice = SubscriptionType.STOCK_NOTICE
    order = lambda: accepted(agent.order_stock_cash("buy", SYMBOL, "01", "1", "0"))
    heard = asyncio.run(listen([(notice, ME["hts_id"])], order, lambda heard: len(heard[notice]) >= 2))
    for [sealed] in heard[notice]:
        same(len(b64decode(sealed, validate=True)) % 16, 0)


step.finish()
