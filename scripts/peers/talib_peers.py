"""What TA-Lib says of an indicator, where it means the same; and where it does not, why not."""

from dataclasses import dataclass

import numpy as np
import talib

from oracle_averages import gains_and_losses
from windows import highest, lowest, series, total, wilder


def nowhere(bars, parameters):
    return np.zeros(bars.count, dtype=bool)


@dataclass(frozen=True)
class Peer:
    """A function of TA-Lib, and its outputs in the order of ours; None for one that it does not have."""

    name: str
    outputs: object
    # Parameters of which TA-Lib can say something.
    where: object = lambda parameters: True
    # Bars on which ours differs on purpose, and why.
    left_out: object = nowhere
    reason: str = ""


def of_close(function):
    return lambda b, p: [function(b.close, p["period"])]


def of_range(function):
    return lambda b, p: [function(b.high, b.low, b.close, p["period"])]


def until(periods):
    """Bars on which the start of an average is still felt: `periods` is how many, given the parameters."""
    return lambda bars, p: np.arange(bars.count) < periods(p)


def no_falls(bars, p):
    return np.asarray(gains_and_losses(bars, p["period"])[1] <= 0.5e-10)


def recently(flags, bars):
    return np.convolve(flags, np.ones(bars))[: len(flags)] > 0


def flat_ranges(bars, p):
    is_flat = np.asarray(highest(series(bars.high), p["k_period"]) == lowest(series(bars.low), p["k_period"]))
    return recently(is_flat, p["d_period"])


def no_true_range(bars, p):
    ranges = talib.TRANGE(bars.high, bars.low, bars.close)
    return np.any([np.asarray(total(series(ranges), p[f"period{n}"]) == 0) for n in (1, 2, 3)], axis=0)


def no_flow(bars, p):
    price = bars.high + bars.low + bars.close
    flow = np.where(np.r_[1, np.diff(price)] == 0, 0, price * bars.volume)
    return np.asarray(total(series(flow), p["period"]) == 0)


def ties(bars, p):
    """From the first bar on of which high and low move apart by as much, and while the start is still felt."""
    rises, falls = np.diff(bars.high), -np.diff(bars.low)
    tied = np.r_[False, (rises == falls) & (rises > 0)]
    return np.logical_or.accumulate(tied) | until(lambda p: 60 * p["period"])(bars, p)


def still_trend(bars, p):
    """While the start is still felt, and where nothing moves: a directional index is 50 there on purpose."""
    return ties(bars, p) | recently(no_moves(bars, p), bars.count)


def no_moves(bars, p):
    ranges = np.r_[0, talib.TRANGE(bars.high, bars.low, bars.close)[1:]]
    return np.asarray(total(series(ranges), p["period"]) == 0)


def no_range_yet(bars, p):
    return recently(np.cumsum(bars.high - bars.low) == 0, p["sum_period"])


def one_band(bars, p):
    """From the first bar on on which both bands are the price, and while the start is still felt."""
    reach = np.asarray(wilder(series(true_ranges(bars)), p["period"])) * p["multiplier"]
    return np.logical_or.accumulate(reach < 1e-15 * bars.close) | until(lambda p: 40 * p["period"])(bars, p)


def aroon(b, p):
    down, up = talib.AROON(b.high, b.low, p["up_period"])
    return [up - down, up, down]


def stochf(b, p):
    return talib.STOCHF(b.high, b.low, b.close, p["k_period"], p["d_period"], 0)


def adx(b, p):
    return [function(b.high, b.low, b.close, p["period"]) for function in (talib.ADX, talib.PLUS_DI, talib.MINUS_DI)]


def true_ranges(b):
    return np.r_[b.high[0] - b.low[0], talib.TRANGE(b.high, b.low, b.close)[1:]]


def regression(b, p):
    slope = talib.LINEARREG_SLOPE(b.close, p["period"])
    # TA-Lib counts bars from 0.
    return [talib.LINEARREG(b.close, p["period"]), slope, talib.LINEARREG_INTERCEPT(b.close, p["period"]) - slope]


def volatility(b, p):
    moves = np.r_[0, talib.ROCP(b.close, 1)[1:]]
    moves = talib.STDDEV(moves, p["period"]) * np.sqrt(p["period"] / (p["period"] - 1))
    moves[p["period"] - 1] = np.nan
    return [moves]


# A share of 2/(p + 1) leaves less than 1e-12 of the start after 15 p bars; of an average of an average after more.
WORN_OFF = 20
OTHER_START = "its averages start on another bar; compared once that has worn off"

PEERS = {
    "sma": Peer("SMA", of_close(talib.SMA)),
    "ema": Peer("EMA", of_close(talib.EMA)),
    "dema": Peer("DEMA", of_close(talib.DEMA)),
    "tema": Peer("TEMA", of_close(talib.TEMA)),
    "hma": Peer("HMA", of_close(talib.HMA)),
    "kama": Peer("KAMA", of_close(talib.KAMA)),
    "lwma": Peer("WMA", of_close(talib.WMA)),
    "trima": Peer("TRIMA", of_close(talib.TRIMA)),
    "t3": Peer(
        "T3",
        lambda b, p: [talib.T3(b.close, p["period"], p["volume_factor"])],
        left_out=until(lambda p: 2 * WORN_OFF * p["period"]),
        reason=OTHER_START,
    ),
    "zlema": Peer(
        "ZLEMA",
        of_close(talib.ZLEMA),
        where=lambda p: p["period"] % 2 == 1,
        reason="a lag of half a bar is cut off there, and rounded half to even here; compared where the lag is whole",
    ),
    "wma": Peer("RMA", of_close(talib.RMA)),
    "rsi": Peer(
        "RSI",
        of_close(talib.RSI),
        left_out=no_falls,
        reason="0 there while nothing has moved, and no rounding of the mean fall to ten places: 100 here",
    ),
    "stochastic": Peer(
        "STOCHF", stochf, left_out=flat_ranges, reason="0 there where the range is one price: what it was before here"
    ),
    "macd": Peer(
        "MACD",
        lambda b, p: talib.MACD(b.close, p["fast"], p["slow"], p["signal"]),
        left_out=until(lambda p: WORN_OFF * (p["slow"] + p["signal"])),
        reason=OTHER_START,
    ),
    "cci": Peer("CCI", of_range(talib.CCI)),
    "williams_r": Peer("WILLR", of_range(talib.WILLR)),
    "momentum": Peer("ROC", of_close(talib.ROC)),
    "roc": Peer("ROC", of_close(talib.ROC)),
    "apo": Peer("APO", lambda b, p: [talib.APO(b.close, p["fast"], p["slow"], talib.MA_Type.EMA)]),
    "ppo": Peer("PPO", lambda b, p: [talib.PPO(b.close, p["fast"], p["slow"], talib.MA_Type.EMA), None, None]),
    "aroon": Peer("AROON", aroon, where=lambda p: p["up_period"] == p["down_period"]),
    "cmo": Peer("CMO", of_close(talib.CMO)),
    "ao": Peer("AO", lambda b, p: [talib.AO(b.high, b.low, p["fast"], p["slow"])]),
    "cho": Peer(
        "ADOSC",
        lambda b, p: [talib.ADOSC(b.high, b.low, b.close, b.volume, p["fast"], p["slow"])],
        left_out=until(lambda p: WORN_OFF * p["slow"]),
        reason=OTHER_START,
    ),
    "ultosc": Peer(
        "ULTOSC",
        lambda b, p: [talib.ULTOSC(b.high, b.low, b.close, p["period1"], p["period2"], p["period3"])],
        where=lambda p: p["period1"] < p["period2"] < p["period3"],
        left_out=no_true_range,
        reason="periods are sorted there; 0 there of a period without a range: what it was before here",
    ),
    "trix": Peer("TRIX", of_close(talib.TRIX)),
    "tsi": Peer("TSI", lambda b, p: [talib.TSI(b.close, p["long_period"], p["short_period"]), None]),
    "dpo": Peer("DPO", of_close(talib.DPO)),
    "adx": Peer(
        "ADX, PLUS_DI, MINUS_DI",
        adx,
        left_out=still_trend,
        reason="where high and low move apart by as much, neither counts there, and the rise does here; " + OTHER_START,
    ),
    "adxr": Peer("ADXR", of_range(talib.ADXR), left_out=still_trend, reason="as adx"),
    "sar": Peer(
        "SAR",
        lambda b, p: [talib.SAR(b.high, b.low, p["af_step"], p["af_max"])],
        where=lambda p: p["af_start"] == p["af_step"],
    ),
    "vortex": Peer("VORTEX", lambda b, p: talib.VORTEX(b.high, b.low, b.close, p["period"])),
    "coppock": Peer("COPPOCK", lambda b, p: [talib.COPPOCK(b.close, p["wma"], p["short_roc"], p["long_roc"])]),
    "supertrend": Peer(
        "SUPERTREND",
        lambda b, p: [talib.SUPERTREND(b.high, b.low, b.close, p["period"], p["multiplier"])[0]],
        left_out=one_band,
        reason="bands that a long standstill has made one are the upper one here, as in the engine; " + OTHER_START,
    ),
    "mass_index": Peer(
        "MASSI",
        lambda b, p: [talib.MASSI(b.high, b.low, p["ema_period"], p["sum_period"])],
        left_out=no_range_yet,
        reason="a quotient of averages that are both 0 is 1 there, and 0 here",
    ),
    "obv": Peer("OBV", lambda b, p: [talib.OBV(b.close, b.volume)]),
    "ad": Peer("AD", lambda b, p: [talib.AD(b.high, b.low, b.close, b.volume)]),
    "adl": Peer("AD", lambda b, p: [talib.AD(b.high, b.low, b.close, b.volume)]),
    "cmf": Peer("CMF", lambda b, p: [talib.CMF(b.high, b.low, b.close, b.volume, p["period"])]),
    "mfi": Peer(
        "MFI",
        lambda b, p: [talib.MFI(b.high, b.low, b.close, b.volume, p["period"])],
        left_out=no_flow,
        reason="0 there without any flow: 100 here",
    ),
    "force": Peer("EFI", lambda b, p: [talib.EFI(b.close, b.volume, p["period"])]),
    "vwma": Peer("VWMA", lambda b, p: [talib.VWMA(b.close, b.volume, p["period"])]),
    "atr": Peer("SMA of TRANGE", lambda b, p: [talib.SMA(true_ranges(b), p["period"])]),
    "natr": Peer("NATR", of_range(talib.NATR)),
    "bollinger": Peer("BBANDS", lambda b, p: talib.BBANDS(b.close, p["period"], p["std"], p["std"])),
    "donchian": Peer("MAX, MIN", lambda b, p: [talib.MAX(b.high, p["period"]), talib.MIN(b.low, p["period"])]),
    "std": Peer("STDDEV", of_close(talib.STDDEV)),
    "variance": Peer("VAR", of_close(talib.VAR)),
    "accbands": Peer(
        "ACCBANDS",
        lambda b, p: talib.ACCBANDS(b.high, b.low, b.close, p["period"]),
        where=lambda p: p["width"] == 4,
    ),
    "beta": Peer("BETA", lambda b, p: [talib.BETA(b.benchmark, b.close, p["period"])]),
    "volatility_ind": Peer("STDDEV of ROCP", volatility),
    "maximum": Peer("MAX", of_close(talib.MAX)),
    "minimum": Peer("MIN", of_close(talib.MIN)),
    "midpoint": Peer("MIDPOINT", of_close(talib.MIDPOINT)),
    "midprice": Peer("MIDPRICE", lambda b, p: [talib.MIDPRICE(b.high, b.low, p["period"])]),
    "bop": Peer("BOP", lambda b, p: [talib.BOP(b.open, b.high, b.low, b.close)]),
    "regression": Peer("LINEARREG", regression),
    "disparity": Peer("SMA", lambda b, p: [100 * b.close / talib.SMA(b.close, p["period"])]),
    "change": Peer("ROC", lambda b, p: [talib.ROC(b.close, 1)]),
    "returns": Peer("ROC", of_close(talib.ROC)),
}

# TA-Lib has something of the name that is something else.
ANOTHER_MEANING = {
    "stochrsi": "STOCHRSI does not smooth k, and waits for the RSI",
    "keltner": "KC is an EMA of the close with Wilder's ATR",
    "vwap": "VWAP runs from the first bar",
    "rvi": "RVI is the relative volatility index",
}
