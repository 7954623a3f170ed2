"""mojito2 0.1.6: old TR ids, keys of queries in lower case, pages by tr_cont, fixed width of frames."""

import multiprocessing
import os
import sys

import mojito.koreainvestment as mojito
from steps import ADDRESSES, Steps, account, accepted, control, eventually, live_in_emulated_time, same

REAL_CONNECT = mojito.websockets.connect


class Client(mojito.KoreaInvestment):
    """The client with another address."""

    def set_base_url(self, mock=True):
        self.base_url = ADDRESSES["mock_rest"] if mock else ADDRESSES["rest"]


def elsewhere(_uri, **settings):
    """The address of the stream is written into the client."""
    return REAL_CONNECT(ADDRESSES["ws"], **settings)


def stream(tr_ids, symbols, customer):
    feed = mojito.KoreaInvestmentWS(ME["app_key"], ME["app_secret"], tr_ids, symbols, customer)
    feed.base_url = ADDRESSES["rest"]
    feed.start()
    return feed


def heard(feed, kind, count, seconds=30):
    """The next messages of a kind."""
    found = []

    def look():
        while not feed.queue.empty():
            name, message = feed.queue.get()
            if name == kind:
                found.append(message)
        return len(found) >= count

    eventually(look, seconds)
    assert len(found) >= count, f"{len(found)} of {count} {kind}"
    return found


def open_orders(client):
    first = {"CTX_AREA_FK100": "", "CTX_AREA_NK100": "", "INQR_DVSN_1": "0", "INQR_DVSN_2": "0"}
    return accepted(client.fetch_open_order(first))


def held(client, symbol):
    rows = [row for row in client.fetch_balance()["output1"] if row["pdno"] == symbol]
    return int(rows[0]["hldg_qty"]) if rows else 0


def cheap_symbols(count):
    """Issues of the emulator, cheapest first."""
    issues = sorted(control("issues"), key=lambda issue: int(issue["price"]))
    return [issue["symbol"] for issue in issues if not issue["halted"]][:count]


live_in_emulated_time()
multiprocessing.set_start_method("fork")
mojito.websockets.connect = elsewhere
index = int(sys.argv[1])
ME = account("real", index)
step = Steps("mojito2")
SYMBOL = cheap_symbols(1)[0]
state = {}


@step("token")
def _():
    state["client"] = Client(ME["app_key"], ME["app_secret"], ME["account_no"])
    assert state["client"].access_token.startswith("Bearer ey")


@step("token from its file, without a second issue")
def _():
    again = Client(ME["app_key"], ME["app_secret"], ME["account_no"])
    same(again.access_token, state["client"].access_token)


client = state["client"]


@step("price")
def _():
    output = accepted(client.fetch_price(SYMBOL))
    same(output["stck_shrn_iscd"], SYMBOL)
    assert int(output["stck_llam"]) < int(output["stck_prpr"]) < int(output["stck_mxpr"])
    state["lower"], state["tick"] = int(output["stck_llam"]), int(output["aspr_unit"])


@step("price of an unknown issue says so")
def _():
    answer = client.fetch_price("999999")
    assert answer["rt_cd"] != "0" or int(answer["output"]["stck_prpr"] or 0) == 0, answer


@step("daily chart, two pages")
def _():
    first = client.fetch_ohlcv(SYMBOL, "D", "20260101", "20261001")["output2"]
    days = [bar["stck_bsop_date"] for bar in first]
    same(len(days), 100)
    same(days, sorted(days, reverse=True))
    before = str(int(days[-1]) - 1)
    second = client.fetch_ohlcv(SYMBOL, "D", "20260101", before)["output2"]
    assert second and second[0]["stck_bsop_date"] < days[-1]
    for bar in first + second:
        low, high = int(bar["stck_lwpr"]), int(bar["stck_hgpr"])
        assert low <= int(bar["stck_oprc"]) <= high and low <= int(bar["stck_clpr"]) <= high, bar


@step("weekly and monthly chart")
def _():
    for frame in "WM":
        bars = client.fetch_ohlcv(SYMBOL, frame, "20260101", "20261001")["output2"]
        assert len(bars) >= 9, (frame, len(bars))


@step("the last 30 days")
def _():
    same(len(accepted(client.fetch_ohlcv_recent30(SYMBOL))), 30)


@step("minute chart of the day, all pages")
def _():
    bars = client.fetch_today_1m_ohlcv(SYMBOL, to="100000")["output2"]
    minutes = [bar["stck_cntg_hour"] for bar in bars]
    assert len(set(minutes)) == len(minutes) >= 59, minutes
    same(minutes, sorted(minutes, reverse=True))
    assert minutes[-1] <= "090100", minutes[-1]


@step("buyable amount")
def _():
    answer = client.check_buy_order(SYMBOL, state["lower"], "00")
    assert int(accepted(answer)["nrcvb_buy_qty"]) > 0, answer


@step("limit order")
def _():
    state["order"] = accepted(client.create_limit_buy_order(SYMBOL, state["lower"], 5))
    assert len(state["order"]["ODNO"]) == 10 and state["order"]["ODNO"].isdigit()


@step("order with a wrong tick is refused")
def _():
    answer = client.create_limit_buy_order(SYMBOL, state["lower"] * 2 + 1, 1)
    assert answer["rt_cd"] != "0" and answer["msg1"].strip(), answer


@step("open orders")
def _():
    [row] = open_orders(client)
    same((row["odno"], row["pdno"], row["psbl_qty"]), (state["order"]["ODNO"], SYMBOL, "5"))


@step("amend")
def _():
    old = state["order"]
    price = state["lower"] + state["tick"]
    state["order"] = accepted(
        client.modify_order(old["KRX_FWDG_ORD_ORGNO"], old["ODNO"], "00", price, 5, True)
    )
    [row] = open_orders(client)
    same((row["odno"], row["orgn_odno"], row["ord_unpr"]), (state["order"]["ODNO"], old["ODNO"], str(price)))


@step("cancel")
def _():
    order = state["order"]
    accepted(client.cancel_order(order["KRX_FWDG_ORD_ORGNO"], order["ODNO"], 5, True))
    same(open_orders(client), [])


@step("cancel of what is cancelled is refused")
def _():
    order = state["order"]
    answer = client.cancel_order(order["KRX_FWDG_ORD_ORGNO"], order["ODNO"], 5, True)
    assert answer["rt_cd"] != "0", answer


@step("market orders and balance")
def _():
    accepted(client.create_market_buy_order(SYMBOL, 3))
    same(eventually(lambda: held(client, SYMBOL) == 3), True)
    accepted(client.create_market_sell_order(SYMBOL, 1))
    same(eventually(lambda: held(client, SYMBOL) == 2), True)
    [cash] = client.fetch_balance()["output2"][:1]
    assert int(cash["prvs_rcdl_excc_amt"]) < int(cash["dnca_tot_amt"]), cash


@step("orders and balance of the mock environment, old TR ids")
def _():
    os.remove("token.dat")
    key = account("mock", index)
    mock = Client(key["app_key"], key["app_secret"], key["account_no"], mock=True)
    symbols = cheap_symbols(10)
    for symbol in symbols:
        accepted(mock.create_market_buy_order(symbol, 1))
    bought = lambda: {row["pdno"] for row in mock.fetch_balance()["output1"] if row["hldg_qty"] == "1"}
    eventually(lambda: bought() == set(symbols))
    same(bought(), set(symbols))
    same(len(mock.fetch_balance()["output1"]), len(symbols))


@step("stream: trades and books")
def _():
    symbols = cheap_symbols(5)
    feed = stream(["H0STCNT0", "H0STASP0"], symbols, ME["hts_id"])
    state["feed"] = feed
    for trade in heard(feed, "체결", 3):
        assert trade["유가증권단축종목코드"] in symbols and int(trade["주식현재가"]) > 0, trade
        same(trade["영업일자"], "20261001")
    for book in heard(feed, "호가", 3):
        assert int(book["매도호가01"]) > int(book["매수호가01"]) > 0, book


@step("stream: notices of an order, decrypted")
def _():
    order = accepted(client.create_market_buy_order(SYMBOL, 2))
    notices = heard(state["feed"], "체잔", 2)
    for notice in notices:
        same((notice["고객ID"], notice["계좌번호"]), (ME["hts_id"], ME["account_no"].replace("-", "")))
        same((notice["주문번호"], notice["주식단축종목코드"], notice["매도매수구분"]), (order["ODNO"], SYMBOL, "02"))
    same((notices[0]["체결여부"], notices[0]["접수여부"], int(notices[0]["체결수량"])), ("1", "1", 2))
    same(notices[1]["체결여부"], "2")
    state["feed"].terminate()


step.finish()
