"""Moving averages and oscillators by their definitions (specification §10.2 and §10.3), one function for each id."""

import numpy as np

from windows import (
    REAL,
    carried,
    change,
    delayed,
    ema,
    highest,
    lead,
    lowest,
    lwma,
    nothing,
    over,
    percent_change,
    rolling,
    round_half_even,
    since_latest,
    sma,
    total,
    true_range,
    wilder,
)


def first_at(values, bar):
    """The values from the given bar on, counted from 1."""
    out = values.copy()
    out[: bar - 1] = np.nan
    return out


def sma_(bars, period):
    return [sma(bars.close, period)]


def ema_(bars, period):
    return [ema(bars.close, period)]


def dema(bars, period):
    once = ema(bars.close, period)
    return [2 * once - ema(once, period)]


def tema(bars, period):
    once = ema(bars.close, period)
    twice = ema(once, period)
    return [3 * once - 3 * twice + ema(twice, period)]


def hma(bars, period):
    half, root = round_half_even(period / 2), round_half_even(np.sqrt(period))
    return [lwma(2 * lwma(bars.close, half) - lwma(bars.close, period), root)]


def kama(bars, period):
    close, out = bars.close, nothing(bars.count)
    moves = np.abs(change(close))
    for place in range(period, bars.count):
        move, path = close[place] - close[place - period], moves[place - period + 1 : place + 1].sum()
        efficiency = 1 if path == 0 or path <= move else abs(move / path)
        share = (efficiency * (REAL(2) / 3 - REAL(2) / 31) + REAL(2) / 31) ** 2
        before = close[place - 1] if place == period else out[place - 1]
        out[place] = before + share * (close[place] - before)
    return [out]


def alma(bars, period, sigma, offset):
    centre, width = np.floor(offset * (period - 1)), REAL(period) / int(sigma)
    weights = np.exp(-((np.arange(period) - centre) ** 2) / (2 * width**2))
    return [rolling(bars.close, period, lambda rows: (rows * weights).sum(axis=1) / weights.sum())]


def lwma_(bars, period):
    return [lwma(bars.close, period)]


def trima(bars, period):
    inner, outer = (period // 2, period // 2 + 1) if period % 2 == 0 else ((period + 1) // 2, (period + 1) // 2)
    return [sma(sma(bars.close, inner), outer)]


def t3(bars, period, volume_factor):
    values, factor = bars.close, REAL(volume_factor)
    for _ in range(3):
        once = ema(values, period)
        values = (1 + factor) * once - factor * ema(once, period)
    return [values]


def zlema(bars, period):
    return [ema(2 * bars.close - delayed(bars.close, round_half_even((period - 1) / 2)), period)]


def wma(bars, period):
    return [wilder(bars.close, period)]


def frama(bars, period):
    half, price, out = period // 2, (bars.high + bars.low) / 2, nothing(bars.count)
    out[period - 1] = price[period - 1]
    for place in range(period, bars.count):
        highs, lows = (values[place - period + 1 : place + 1] for values in (bars.high, bars.low))
        older = (highs[:half].max() - lows[:half].min()) / half
        newer = (highs[half:].max() - lows[half:].min()) / half
        whole = (highs.max() - lows.min()) / period
        dimension = np.log((older + newer) / whole) / np.log(REAL(2)) if older + newer > 0 and whole > 0 else 0
        share = np.clip(np.exp(np.log(REAL(2) / 199) * (dimension - 1)), REAL("0.01"), 1)
        out[place] = share * price[place] + (1 - share) * out[place - 1]
    return [out]


def gains_and_losses(bars, period, early=False):
    moves = change(bars.close)
    return wilder(np.fmax(moves, 0 * moves), period, early), wilder(np.fmax(-moves, 0 * moves), period, early)


def cmo(bars, period):
    gain, loss = gains_and_losses(bars, period)
    return [100 * over(gain - loss, gain + loss, 0)]


def vidya(bars, period):
    [momentum], out = cmo(bars, period), nothing(bars.count)
    current = bars.close[period - 1]
    for place in range(period, bars.count):
        share = REAL(2) / (period + 1) * abs(momentum[place]) / 100
        current = bars.close[place] * share + current * (1 - share)
        out[place] = current
    return [out]


def strength(bars, period, early=False):
    gain, loss = gains_and_losses(bars, period, early)
    with np.errstate(all="ignore"):
        index = 100 - 100 / (1 + gain / loss)
    return np.where(loss <= 0.5e-10, 100, index)


def rsi(bars, period):
    return [strength(bars, period)]


def stochastic(bars, k_period, d_period):
    top, bottom = highest(bars.high, k_period), lowest(bars.low, k_period)
    with np.errstate(all="ignore"):
        k = carried(np.where(top > bottom, 100 * (bars.close - bottom) / (top - bottom), np.nan))
    d = sma(k, d_period)
    return [first_at(k, lead(d) + 1), d]


def early_sma(values, period):
    out, start = nothing(len(values)), lead(values)
    for place in range(start, len(values)):
        out[place] = values[max(start, place - period + 1) : place + 1].mean()
    return out


def stochrsi(bars, rsi_period, stoch_period, k_period, d_period):
    index = strength(bars, rsi_period, early=True)
    index[0] = 100
    top, bottom = highest(index, stoch_period), lowest(index, stoch_period)
    with np.errstate(all="ignore"):
        # An RSI that moves by rounding alone does not move.
        place = np.where(top - bottom <= 1e-9, 100, 100 * (index - bottom) / (top - bottom))
    k = early_sma(np.where(np.isnan(top), np.nan, place), k_period)
    ready = rsi_period + stoch_period + max(k_period, d_period)
    return [first_at(k, ready), first_at(early_sma(k, d_period), ready)]


def lines(value, line, length):
    signal = ema(line, length)
    return [first_at(value, lead(signal) + 1), signal, line - signal]


def macd(bars, fast, slow, signal):
    line = ema(bars.close, fast) - ema(bars.close, slow)
    return lines(line, line, signal)


def cci(bars, period):
    price = bars.high + bars.low + bars.close
    mean = sma(price, period)
    spread = rolling(price, period, lambda rows: np.abs(rows - rows.mean(axis=1, keepdims=True)).mean(axis=1))
    spread = np.where(highest(price, period) == lowest(price, period), 0, spread)
    return [over(price - mean, REAL("0.015") * spread, 0)]


def williams_r(bars, period):
    top, bottom = highest(bars.high, period), lowest(bars.low, period)
    return [-100 * over(top - bars.close, top - bottom, 0)]


def roc(bars, period):
    return [percent_change(bars.close, period)]


def apo(bars, fast, slow):
    return [first_at(ema(bars.close, fast) - ema(bars.close, slow), 2 * slow - 1)]


def ppo(bars, fast, slow, mode):
    slow_average = ema(bars.close, slow)
    difference = ema(bars.close, fast) - slow_average
    value = 100 * difference / slow_average
    return lines(value, value if mode == "exodus" else difference, slow)


def aroon(bars, up_period, down_period):
    up = 100 * (up_period - since_latest(bars.high, up_period + 1, np.argmax)) / up_period
    down = 100 * (down_period - since_latest(bars.low, down_period + 1, np.argmin)) / down_period
    ready = max(up_period, down_period) + 1
    return [up - down, first_at(up, ready), first_at(down, ready)]


def ao(bars, fast, slow):
    middle = (bars.high + bars.low) / 2
    return [sma(middle, fast) - sma(middle, slow)]


def accumulation(bars):
    return np.cumsum(over((bars.close - bars.low) - (bars.high - bars.close), bars.high - bars.low, 0) * bars.volume)


def cho(bars, fast, slow):
    line = accumulation(bars)
    return [ema(line, fast) - ema(line, slow)]


def ultosc(bars, period1, period2, period3):
    pressure = bars.close - np.minimum(bars.low, delayed(bars.close, 1))
    ranges = true_range(bars)
    ranges[0] = np.nan
    with np.errstate(all="ignore"):
        parts = [total(pressure, period) / total(ranges, period) for period in (period1, period2, period3)]
    value = 100 * (4 * parts[0] + 2 * parts[1] + parts[2]) / 7
    ready = max(period1, period2, period3) + 1
    if np.isnan(value[ready - 1]):
        value[ready - 1] = 50
    return [carried(first_at(value, ready))]


def trix(bars, period):
    smooth = ema(ema(ema(bars.close, period), period), period)
    return [percent_change(smooth, 1)]


def tsi(bars, long_period, short_period, signal_period):
    moves = change(bars.close)
    smooth = ema(ema(moves, long_period), short_period)
    size = ema(ema(np.abs(moves), long_period), short_period)
    value = 100 * over(smooth, size, 0)
    signal = ema(value, signal_period)
    return [value, np.where(np.isnan(signal) & ~np.isnan(value), 0, signal)]


def rvi(bars, period):
    def weighted(values):
        past = [delayed(values, lag) for lag in (0, 1, 2, 3)]
        return (past[0] + 2 * past[1] + 2 * past[2] + past[3]) / 6

    return [over(sma(weighted(bars.close - bars.open), period), sma(weighted(bars.high - bars.low), period), 0)]


def dpo(bars, period):
    return [delayed(bars.close, period // 2 + 1) - sma(bars.close, period)]


def kvo(bars, fast, slow, signal):
    price, ranges = bars.high + bars.low + bars.close, bars.high - bars.low
    force, cumulated = nothing(bars.count), REAL(0)
    trend = np.where(change(price) > 0, 1, -1)
    for place in range(2, bars.count):
        goes_on = cumulated != 0 and trend[place] == trend[place - 1]
        cumulated = ranges[place] + (cumulated if goes_on else ranges[place - 1])
        share = ranges[place] / cumulated if cumulated else REAL(0)
        force[place] = 100 * bars.volume[place] * abs(2 * (share - 1)) * trend[place]
    value = ema(force, fast) - ema(force, slow)
    fed = np.where(np.isnan(value), 0, value)
    fed[:2] = np.nan
    line = ema(fed, signal)
    ready = max(fast, slow, signal) + 2
    return [first_at(value, ready), first_at(line, ready)]


ORACLES = {
    "sma": sma_,
    "ema": ema_,
    "dema": dema,
    "tema": tema,
    "hma": hma,
    "kama": kama,
    "alma": alma,
    "lwma": lwma_,
    "trima": trima,
    "t3": t3,
    "zlema": zlema,
    "wma": wma,
    "frama": frama,
    "vidya": vidya,
    "rsi": rsi,
    "stochastic": stochastic,
    "stochrsi": stochrsi,
    "macd": macd,
    "cci": cci,
    "williams_r": williams_r,
    "momentum": roc,
    "roc": roc,
    "apo": apo,
    "ppo": ppo,
    "aroon": aroon,
    "cmo": cmo,
    "ao": ao,
    "cho": cho,
    "ultosc": ultosc,
    "trix": trix,
    "tsi": tsi,
    "rvi": rvi,
    "dpo": dpo,
    "kvo": kvo,
}
