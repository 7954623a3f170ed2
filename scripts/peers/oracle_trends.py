"""Trend, volume, volatility and other indicators by their definitions (specification §10.4 to §10.7)."""

import numpy as np

from oracle_averages import accumulation, first_at
from windows import (
    REAL,
    change,
    delayed,
    deviation,
    ema,
    highest,
    lead,
    lowest,
    lwma,
    nothing,
    over,
    percent_change,
    rolling,
    sma,
    total,
    true_range,
    wilder,
)


def directional(bars, period):
    """ADX and both directional indicators."""
    rises, falls = change(bars.high), -change(bars.low)
    ranges = true_range(bars)
    ranges[0] = np.nan
    plus = np.where(np.isnan(rises), np.nan, np.where((rises > 0) & (rises >= falls), rises, 0))
    minus = np.where(np.isnan(rises), np.nan, np.where((falls > 0) & (falls > rises), falls, 0))
    size = wilder(ranges, period)
    plus, minus = (100 * over(wilder(moves, period), size, 0) for moves in (plus, minus))
    adx, given = nothing(bars.count), []
    for place in range(period, bars.count):
        both = plus[place] + minus[place]
        if both == 0:
            adx[place] = 50
            continue
        index = 100 * abs(plus[place] - minus[place]) / both
        given.append(index)
        enough = len(given) > period
        current = (current * (period - 1) + index) / period if enough else np.mean(given, dtype=REAL)
        adx[place] = current
    return [first_at(values, 2 * period) for values in (adx, plus, minus)]


def adxr(bars, period):
    index = directional(bars, period)[0]
    return [(index + delayed(index, period - 1)) / 2]


def middle(bars, period):
    return (highest(bars.high, period) + lowest(bars.low, period)) / 2


def ichimoku(bars, tenkan, kijun, senkou_b):
    conversion, base = middle(bars, tenkan), middle(bars, kijun)
    ahead = delayed((conversion + base) / 2, kijun)
    outputs = [conversion, base, ahead, delayed(middle(bars, senkou_b), 26), delayed(bars.close, kijun)]
    return [first_at(values, max(tenkan + kijun, 2 * kijun, senkou_b + 26)) for values in outputs]


def sar(bars, af_start, af_step, af_max):
    high, low, out = bars.high, bars.low, nothing(bars.count)
    fell = low[0] - low[1]
    is_long = not (fell > 0 and fell > high[1] - high[0])
    stop, extreme = (low[0], high[1]) if is_long else (high[0], low[1])
    factor = REAL(af_start)
    for place in range(1, bars.count):
        # The bar with which it starts has none before it.
        before = max(place - 1, 1)
        highs, lows = max(high[before], high[place]), min(low[before], low[place])
        turns = low[place] <= stop if is_long else high[place] >= stop
        if turns:
            is_long = not is_long
            stop = min(extreme, lows) if is_long else max(extreme, highs)
            extreme, factor = (high if is_long else low)[place], REAL(af_start)
            out[place] = stop
        else:
            out[place] = stop
            beyond = high[place] > extreme if is_long else low[place] < extreme
            if beyond:
                extreme = (high if is_long else low)[place]
                factor = min(factor + REAL(af_step), REAL(af_max))
        stop = stop + factor * (extreme - stop)
        stop = min(stop, lows) if is_long else max(stop, highs)
    return [out]


def vortex(bars, period):
    up = np.abs(bars.high - delayed(bars.low, 1))
    down = np.abs(bars.low - delayed(bars.high, 1))
    up[0] = down[0] = 0
    ranges = total(true_range(bars), period)
    return [over(total(moves, period), ranges, np.nan) for moves in (up, down)]


def chop(bars, period):
    top, bottom = highest(bars.high, period), lowest(bars.low, period)
    with np.errstate(all="ignore"):
        value = 100 * np.log10(total(true_range(bars), period) / (top - bottom)) / np.log10(REAL(period))
    return [np.where(top == bottom, 100, value)]


def kst(bars, roc1, roc2, roc3, roc4, mode):
    official = [(roc1, roc2), (roc3, roc4), (10, 13), (15, 20)]
    meant = [(roc1, 10), (roc2, 10), (roc3, 10), (roc4, 15)]
    pairs = official if mode == "official" else meant
    averages = [sma(percent_change(bars.close, rate), length) for rate, length in pairs]
    value = sum(weight * average for weight, average in zip((1, 2, 3, 4), averages))
    if mode == "official":
        # Asking for its signal ends a run there.
        return [value, nothing(bars.count)]
    signal = sma(value, 9)
    return [first_at(value, lead(signal) + 1), signal]


def coppock(bars, short_roc, long_roc, wma):
    return [lwma(percent_change(bars.close, short_roc) + percent_change(bars.close, long_roc), wma)]


def supertrend(bars, period, multiplier):
    average, price, out = wilder(true_range(bars), period), (bars.high + bars.low) / 2, nothing(bars.count)
    lower = upper = None
    for place in range(period - 1, bars.count):
        close, before = bars.close[place], bars.close[place - 1] if place else REAL(0)
        reach = REAL(multiplier) * average[place]
        below, above = price[place] - reach, price[place] + reach
        on_upper = upper is None or out[place - 1] == upper
        if lower is None:
            # The engine keeps a lower band of zero until a basic one is above it.
            lower, upper = max(below, REAL(0)), above
        else:
            lower = below if below > lower or before < lower else lower
            upper = above if above < upper or before > upper else upper
        if on_upper:
            out[place] = upper if close <= upper else lower
        else:
            out[place] = lower if close >= lower else upper
    return [out]


def mass_index(bars, ema_period, sum_period):
    once = ema(bars.high - bars.low, ema_period)
    return [total(over(once, ema(once, ema_period), 0), sum_period)]


def schaff(bars, cycle, fast, slow):
    """Runs from the first bar: averages count as zero before they are ready, windows are as long as there are bars."""

    def zero_before(values):
        return np.where(np.isnan(values), 0, values)

    def position(values):
        out = nothing(bars.count)
        for place in range(bars.count):
            window = values[max(0, place - cycle + 1) : place + 1]
            spread = window.max() - window.min()
            out[place] = 100 * (values[place] - window.min()) / spread if spread > 0 else 0
        return out

    line = zero_before(ema(bars.close, fast)) - zero_before(ema(bars.close, slow))
    smooth = zero_before(ema(position(line), 3))
    return [first_at(ema(position(smooth), 3), slow + cycle - 1)]


def fisher(bars, period):
    price, out = (bars.high + bars.low) / 2, nothing(bars.count)
    top, bottom = highest(price, period), lowest(price, period)
    smooth = value = REAL(0)
    for place in range(period - 1, bars.count):
        spread = top[place] - bottom[place]
        transformed = REAL(0)
        if spread > 0:
            smooth = REAL("0.66") * ((price[place] - bottom[place]) / spread - REAL("0.5")) + REAL("0.67") * smooth
            inside = np.clip(smooth, REAL("-0.999"), REAL("0.999"))
            transformed = np.log((1 + inside) / (1 - inside)) / 2
        else:
            smooth = REAL(0)
        value = transformed + value / 2
        out[place] = value
    return [out]


def obv(bars):
    direction = np.sign(change(bars.close))
    direction[0] = 1
    return [np.cumsum(direction * bars.volume)]


def accumulation_line(bars):
    return [accumulation(bars)]


def cmf(bars, period):
    flow = over((bars.close - bars.low) - (bars.high - bars.close), bars.high - bars.low, 0) * bars.volume
    return [over(total(flow, period), total(bars.volume, period), 0)]


def mfi(bars, period):
    price = bars.high + bars.low + bars.close
    flow, moves = price / 3 * bars.volume, change(price)
    moves[0] = 1
    gain, loss = (total(np.where(side, flow, 0), period) for side in (moves > 0, moves < 0))
    return [100 * over(gain, gain + loss, 1)]


def force(bars, period):
    return [ema(change(bars.close) * bars.volume, period)]


def vwap(bars, period):
    price = (bars.open + bars.high + bars.low + bars.close) / 4
    return [over(total(price * bars.volume, period), total(bars.volume, period), np.nan)]


def vwma(bars, period):
    return [over(total(bars.close * bars.volume, period), total(bars.volume, period), bars.close)]


def eom(bars, period, scale):
    moves, last = np.zeros(bars.count, dtype=REAL), (bars.high[0] + bars.low[0]) / 2
    for place in range(bars.count):
        spread = bars.high[place] - bars.low[place]
        if spread > 0 and bars.volume[place] > 0:
            price = (bars.high[place] + bars.low[place]) / 2
            moves[place] = (price - last) / (bars.volume[place] / REAL(scale) / spread)
            last = price
    return [sma(moves, period)]


def atr(bars, period):
    return [sma(true_range(bars), period)]


def natr(bars, period):
    ranges = true_range(bars)
    ranges[0] = np.nan
    return [100 * wilder(ranges, period) / bars.close]


def bands(centre, reach):
    return [centre + reach, centre, centre - reach]


def bollinger(bars, period, std):
    return bands(sma(bars.close, period), REAL(std) * deviation(bars.close, period))


def keltner(bars, period, multiplier):
    price = (bars.high + bars.low + bars.close) / 3
    return bands(sma(price, period), REAL(multiplier) * sma(true_range(bars), period))


def donchian(bars, period):
    return [highest(bars.high, period), lowest(bars.low, period)]


def std(bars, period):
    return [deviation(bars.close, period)]


def variance(bars, period):
    return [deviation(bars.close, period) ** 2]


def accbands(bars, period, width):
    spread = REAL(width) * over(bars.high - bars.low, bars.high + bars.low, 0)
    return [sma(bars.high * (1 + spread), period), sma(bars.close, period), sma(bars.low * (1 - spread), period)]


def returns_of(values):
    return percent_change(values, 1) / 100


def beta_(bars, period):
    own, index = returns_of(bars.close), returns_of(bars.benchmark)
    products = sma(own * index, period) - sma(own, period) * sma(index, period)
    return over(products, deviation(index, period) ** 2, np.nan)


def beta(bars, period):
    return [beta_(bars, period)]


def alpha(bars, period):
    own, index = (sma(returns_of(values), period) for values in (bars.close, bars.benchmark))
    return [own - beta_(bars, period) * index]


def volatility_ind(bars, period):
    return [deviation(returns_of(bars.close), period, sample=True)]


def maximum(bars, period):
    return [highest(bars.close, period)]


def minimum(bars, period):
    return [lowest(bars.close, period)]


def midpoint(bars, period):
    return [(highest(bars.close, period) + lowest(bars.close, period)) / 2]


def midprice(bars, period):
    return [middle(bars, period)]


def logr(bars, period):
    past = delayed(bars.close, period)
    past[period - 1] = bars.close[0]
    return [np.log(bars.close / past)]


def ibs(bars):
    return [over(bars.close - bars.low, bars.high - bars.low, REAL("0.5"))]


def bop(bars):
    return [over(bars.close - bars.open, bars.high - bars.low, 0)]


def regression(bars, period):
    times = np.arange(1, period + 1, dtype=REAL)
    spread = times - times.mean()
    slope = rolling(
        bars.close,
        period,
        lambda rows: ((rows - rows.mean(axis=1, keepdims=True)) * spread).sum(axis=1) / max((spread**2).sum(), REAL(1e-300)),
    )
    intercept = sma(bars.close, period) - slope * times.mean()
    return [intercept + slope * period, slope, intercept]


def swings(values, left, right):
    """The last value above all of the `left` before and the `right` after it, known `right` bars later."""
    out = nothing(len(values))
    for place in range(left + right, len(values)):
        centre = place - right
        around = np.r_[values[centre - left : centre], values[centre + 1 : place + 1]]
        out[place] = values[centre] if values[centre] > around.max() else out[place - 1]
    return out


def pivot(bars, left_bars, right_bars):
    return [swings(bars.high, left_bars, right_bars), -swings(-bars.low, left_bars, right_bars)]


def augen(bars, period):
    moves = np.log(bars.close / delayed(bars.close, 1))
    spread = delayed(deviation(moves, period), 1)
    return [over(change(bars.close), delayed(bars.close, 1) * spread, 0)]


def consecutive(bars, direction):
    moves, out = change(bars.close), np.zeros(bars.count, dtype=REAL)
    for place in range(1, bars.count):
        goes_on = moves[place] > 0 if direction == "up" else moves[place] < 0
        out[place] = out[place - 1] + 1 if goes_on else 0
    return [out]


def disparity(bars, period):
    return [100 * bars.close / sma(bars.close, period)]


def change_(bars):
    return [percent_change(bars.close, 1)]


def returns(bars, period, mode):
    return [percent_change(bars.close, period) * (100 if mode == "official" else 1)]


ORACLES = {
    "adx": directional,
    "adxr": adxr,
    "ichimoku": ichimoku,
    "sar": sar,
    "vortex": vortex,
    "chop": chop,
    "kst": kst,
    "coppock": coppock,
    "supertrend": supertrend,
    "mass_index": mass_index,
    "schaff": schaff,
    "fisher": fisher,
    "obv": obv,
    "ad": accumulation_line,
    "adl": accumulation_line,
    "cmf": cmf,
    "mfi": mfi,
    "force": force,
    "vwap": vwap,
    "vwma": vwma,
    "eom": eom,
    "atr": atr,
    "natr": natr,
    "bollinger": bollinger,
    "keltner": keltner,
    "donchian": donchian,
    "std": std,
    "variance": variance,
    "accbands": accbands,
    "beta": beta,
    "alpha": alpha,
    "volatility_ind": volatility_ind,
    "maximum": maximum,
    "minimum": minimum,
    "midpoint": midpoint,
    "midprice": midprice,
    "logr": logr,
    "ibs": ibs,
    "bop": bop,
    "regression": regression,
    "pivot": pivot,
    "augen": augen,
    "consecutive": consecutive,
    "disparity": disparity,
    "change": change_,
    "returns": returns,
}
