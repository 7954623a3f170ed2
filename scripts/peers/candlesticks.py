"""Holds every candlestick pattern of `exodus-trading` against TA-Lib.

Usage: candlesticks.py FILE COMMAND..., where FILE is what bars.py writes, and COMMAND the example `peer_candlesticks`,
which reads bars and writes signals.

To the bars of the file come some on a coarse grid, where gaps, equal prices and ties abound, some on none, and what
provokes each pattern: TA-Lib looks for hits in a large number of coarse bars, and the bars around them come back many
times with a price moved, so that the rarest pattern is met, and is missed by a hair. Every signal must have the
sign it has there, on every bar and in both modes; `DIFFERENCES` says where the two part on purpose, and how.
"""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import talib
from talib import abstract

PEERS = {
    "doji": talib.CDLDOJI,
    "dragonfly_doji": talib.CDLDRAGONFLYDOJI,
    "gravestone_doji": talib.CDLGRAVESTONEDOJI,
    "long_legged_doji": talib.CDLLONGLEGGEDDOJI,
    "rickshaw_man": talib.CDLRICKSHAWMAN,
    "marubozu": talib.CDLMARUBOZU,
    "closing_marubozu": talib.CDLCLOSINGMARUBOZU,
    "belt_hold": talib.CDLBELTHOLD,
    "spinning_top": talib.CDLSPINNINGTOP,
    "high_wave": talib.CDLHIGHWAVE,
    "hammer": talib.CDLHAMMER,
    "hanging_man": talib.CDLHANGINGMAN,
    "inverted_hammer": talib.CDLINVERTEDHAMMER,
    "shooting_star": talib.CDLSHOOTINGSTAR,
    "engulfing": talib.CDLENGULFING,
    "harami": talib.CDLHARAMI,
    "harami_cross": talib.CDLHARAMICROSS,
    "homing_pigeon": talib.CDLHOMINGPIGEON,
    "piercing": talib.CDLPIERCING,
    "dark_cloud_cover": talib.CDLDARKCLOUDCOVER,
    "on_neck": talib.CDLONNECK,
    "in_neck": talib.CDLINNECK,
    "thrusting": talib.CDLTHRUSTING,
    "counterattack": talib.CDLCOUNTERATTACK,
    "separating_lines": talib.CDLSEPARATINGLINES,
    "kicking": talib.CDLKICKING,
    "kicking_by_length": talib.CDLKICKINGBYLENGTH,
    "matching_low": talib.CDLMATCHINGLOW,
    "dojistar": talib.CDLDOJISTAR,
    "morning_star": talib.CDLMORNINGSTAR,
    "morning_doji_star": talib.CDLMORNINGDOJISTAR,
    "evening_star": talib.CDLEVENINGSTAR,
    "evening_doji_star": talib.CDLEVENINGDOJISTAR,
    "abandoned_baby": talib.CDLABANDONEDBABY,
    "tristar": talib.CDLTRISTAR,
    "three_white_soldiers": talib.CDL3WHITESOLDIERS,
    "advance_block": talib.CDLADVANCEBLOCK,
    "stalled_pattern": talib.CDLSTALLEDPATTERN,
    "three_black_crows": talib.CDL3BLACKCROWS,
    "identical_three_crows": talib.CDLIDENTICAL3CROWS,
    "two_crows": talib.CDL2CROWS,
    "upside_gap_two_crows": talib.CDLUPSIDEGAP2CROWS,
    "three_inside": talib.CDL3INSIDE,
    "three_outside": talib.CDL3OUTSIDE,
    "three_stars_in_south": talib.CDL3STARSINSOUTH,
    "unique_three_river": talib.CDLUNIQUE3RIVER,
    "stick_sandwich": talib.CDLSTICKSANDWICH,
    "tasuki_gap": talib.CDLTASUKIGAP,
    "gap_side_by_side_white": talib.CDLGAPSIDESIDEWHITE,
    "up_down_gap_three_methods": talib.CDLXSIDEGAP3METHODS,
    "three_line_strike": talib.CDL3LINESTRIKE,
    "concealing_baby_swallow": talib.CDLCONCEALBABYSWALL,
    "breakaway": talib.CDLBREAKAWAY,
    "ladder_bottom": talib.CDLLADDERBOTTOM,
    "mat_hold": talib.CDLMATHOLD,
    "rising_three_methods": talib.CDLRISEFALL3METHODS,
    "falling_three_methods": talib.CDLRISEFALL3METHODS,
}


@dataclass(frozen=True)
class Difference:
    reason: str
    modes: tuple
    # What remains of TA-Lib's values.
    restate: object


STRICT = Difference(
    "bodies that share an end are 80 there and 0 here, as in the format's engine",
    ("exodus", "official"),
    lambda values: np.where(np.abs(values) == 80, 0, values),
)
DIFFERENCES = {
    "engulfing": STRICT,
    "harami": STRICT,
    "harami_cross": STRICT,
    "rising_three_methods": Difference("falls are 0 here", ("exodus",), lambda values: np.maximum(values, 0)),
    "falling_three_methods": Difference("rises are 0 here", ("exodus",), lambda values: np.minimum(values, 0)),
}

PRICES = ("open", "high", "low", "close")
# A sign or a difference that is met more seldom than this proves nothing.
FEWEST = 20
# Bars of the longest pattern and those that measure it.
WINDOW = 15
# Hits among three million coarse bars: other bars miss a rare pattern by far.
RARE = 3_000


def coarse(chance, count):
    """Bars of small whole numbers: colours persist, and gaps, bodies and shadows of no length are frequent."""
    turns = chance.random(count) < 0.35
    colours = np.where(np.cumsum(turns) % 2 == 0, 1, -1)
    bodies = colours * chance.choice([0, 1, 2, 4, 6, 9, 14, 20, 30], count)
    gaps = np.where(chance.random(count) < 0.3, 0, chance.integers(-16, 17, count))
    closes = 10_000_000 + np.cumsum(gaps + bodies)
    opens = closes - bodies
    shadows = [0, 0, 0, 0, 1, 1, 2, 4, 8, 20]
    highs = np.maximum(opens, closes) + chance.choice(shadows, count)
    lows = np.minimum(opens, closes) - chance.choice(shadows, count)
    return np.stack([opens, highs, lows, closes], axis=1).astype(float)


def without_grid(chance, count):
    """A walk whose prices are no whole numbers, and never tie."""
    closes = 50_000 * np.exp(np.cumsum(chance.normal(0, 0.01, count)))
    opens = closes * np.exp(chance.normal(0, 0.01, count))
    reach = lambda: np.exp(np.abs(chance.normal(0, 0.005, count)))
    return np.stack([opens, np.maximum(opens, closes) * reach(), np.minimum(opens, closes) / reach(), closes], axis=1)


def provoked(chance, pool):
    """Bars around hits in `pool`, most of them with one price of a bar of the pattern moved."""
    windows = []
    for peer in dict.fromkeys(PEERS.values()):
        values = peer(*pool.T)
        for value in np.unique(values[values != 0]):
            hits = np.flatnonzero(values == value)
            for hit in chance.choice(hits, 600 if len(hits) < RARE else 60):
                window = pool[max(hit - WINDOW, 0) : hit + 1].copy()
                move(chance, window[-5:])
                window[:, 1] = window.max(axis=1)
                window[:, 2] = window.min(axis=1)
                windows.append(window)
    return np.concatenate(windows)


def move(chance, bars):
    """Turns the colour of a bar, lets a price tie with another, moves it by some won, or leaves all as it is."""
    bar, price = chance.integers(len(bars)), chance.integers(4)
    match chance.integers(4):
        case 0:
            bars[bar, [0, 3]] = bars[bar, [3, 0]]
        case 1:
            bars[bar, price] = chance.choice(bars.ravel())
        case 2:
            bars[bar, price] += chance.integers(-20, 21)


def shared(path):
    """The bars that indicators are compared on, real ones among them where there are any."""
    records = json.loads(Path(path).read_text())
    return {record["name"]: np.array([record[price] for price in PRICES]).T for record in records}


def letters(values, lookback):
    """As the example writes them."""
    signs = np.array(list("-0+"))[np.sign(values) + 1]
    signs[:lookback] = "."
    return "".join(signs)


class Comparison:
    """Counts what was compared and found, and keeps what did not agree."""

    def __init__(self, series):
        self.series = series
        self.compared = 0
        self.hits = Counter()
        self.differing = Counter()
        self.failures = []

    def pattern(self, pattern):
        name, peer = pattern["id"], PEERS[pattern["id"]]
        lookback = abstract.Function(peer.__name__).lookback
        if pattern["bars"] != lookback + 1:
            self.failures.append(f"{name} needs {pattern['bars']} bars here, {lookback + 1} there")
        for place, (title, bars) in enumerate(self.series.items()):
            values = peer(*np.ascontiguousarray(bars.T))
            for mode in ("exodus", "official"):
                theirs = letters(self.restated(name, mode, values), lookback)
                self.expect(f"{name} in {title}", bars, pattern[mode][place], theirs)
            for sign in pattern["signs"]:
                self.hits[name, sign] += pattern["exodus"][place].count(sign)

    def restated(self, name, mode, values):
        difference = DIFFERENCES.get(name)
        if difference is None or mode not in difference.modes:
            return values
        restated = difference.restate(values)
        self.differing[name] += int((restated != values).sum())
        return restated

    def expect(self, what, bars, ours, theirs):
        self.compared += len(bars)
        if ours != theirs:
            at = next(at for at in range(len(bars)) if ours[at] != theirs[at])
            before = bars[max(at - WINDOW, 0) : at + 1].tolist()
            self.failures.append(f"{what}: {ours[at]} here, {theirs[at]} there after {before}")

    def too_seldom(self):
        for (name, sign), count in self.hits.items():
            if count < FEWEST:
                self.failures.append(f"{name} was {sign} only {count} times")
        for name in DIFFERENCES:
            if self.differing[name] < FEWEST:
                self.failures.append(f"the difference of {name} came up only {self.differing[name]} times")


def main(path, command):
    chance = np.random.default_rng(20_261_122)
    pool = coarse(chance, 3_000_000)
    series = shared(path) | {
        "coarse": pool[:50_000],
        "without a grid": without_grid(chance, 20_000),
        "provoked": provoked(chance, pool),
    }
    given = json.dumps([bars.tolist() for bars in series.values()])
    answer = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True).stdout
    patterns = json.loads(answer)
    if {pattern["id"] for pattern in patterns} != set(PEERS):
        sys.exit(f"PEERS is not about the patterns there are: {[pattern['id'] for pattern in patterns]}")

    comparison = Comparison(series)
    for pattern in patterns:
        comparison.pattern(pattern)
    comparison.too_seldom()

    total = sum(map(len, series.values()))
    real = sum(len(bars) for title, bars in series.items() if title.startswith("real"))
    print(f"{len(patterns)} patterns, {total} bars ({real} real), {comparison.compared} comparisons with TA-Lib.")
    rarest = comparison.hits.most_common()[-3:]
    print("Rarest: " + ", ".join(f"{name} {sign} {count} times" for (name, sign), count in rarest) + ".")
    print(f"{len(DIFFERENCES)} deliberate differences:")
    for name, difference in DIFFERENCES.items():
        modes, count = " and ".join(difference.modes), comparison.differing[name]
        print(f"  {name}, mode {modes}: {difference.reason} ({count} times).")
    if comparison.failures:
        print(f"\n{len(comparison.failures)} comparisons failed:", file=sys.stderr)
        for failure in comparison.failures[:40]:
            print(f"  {failure}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
