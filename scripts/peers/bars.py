"""Writes the bars that indicators and candlesticks are compared on: generated ones always, real ones where there are any.

Usage: bars.py FILE. Real bars come from the folder EXODUS_SHARED_DATA, or from ../shared/data beside the project."""

import json
import os
import sys
from pathlib import Path

import numpy as np

FIELDS = ("open", "high", "low", "close", "volume", "benchmark")
SAMSUNG = "005930"
OTHER_ISSUES = 20
LAST_BARS = 1_000


def walk(chance, count, start, swing, gap=0.0, index=False):
    """Bars that walk at random. Those of an index have two decimals, others are whole won."""
    places = 2 if index else 0
    closes = start * np.exp(np.cumsum(chance.normal(0, swing, count)))
    opens = np.r_[start, closes[:-1]] * np.exp(chance.normal(0, gap, count))
    reach = lambda: np.abs(chance.normal(0, swing / 2, count))
    highs = np.maximum(opens, closes) * np.exp(reach())
    lows = np.minimum(opens, closes) * np.exp(-reach())
    rounded = [np.maximum(np.round(prices, places), 10.0**-places) for prices in (opens, highs, lows, closes)]
    opens, highs, lows, closes = rounded
    volumes = np.round(np.exp(chance.normal(11, 1, count)))
    return [opens, np.max(rounded, axis=0), np.min(rounded, axis=0), closes, volumes]


def with_index(chance, bars):
    level = 2_000 * np.exp(np.cumsum(chance.normal(0, 0.01, len(bars[0]))))
    return [*bars, np.round(level, 2)]


def joined(*parts):
    return [np.concatenate(columns) for columns in zip(*parts)]


def still(count, price, volume):
    return [np.full(count, float(price))] * 4 + [np.full(count, float(volume))]


def generated():
    chance = np.random.default_rng(20_261_122)
    trend = walk(chance, 600, 12_000, 0.012)
    trend[:4] = [np.round(prices * np.exp(np.arange(600) * 0.004)) for prices in trend[:4]]
    no_volume = walk(chance, 600, 8_000, 0.02)
    no_volume[4] = np.where(chance.random(600) < 0.3, 0.0, no_volume[4])
    flat_days = walk(chance, 600, 5_000, 0.003)
    for place in np.flatnonzero(chance.random(600) < 0.3):
        for column in range(4):
            flat_days[column][place] = flat_days[3][place]
    series = {
        "calm": walk(chance, 1_200, 70_000, 0.008),
        "wild": walk(chance, 1_200, 30_000, 0.05, gap=0.02),
        "rising": trend,
        "few ticks": walk(chance, 600, 12, 0.05),
        "an index": walk(chance, 600, 2_500, 0.01, index=True),
        "huge prices": walk(chance, 600, 1_000_000_000, 0.02),
        "bars without volume": no_volume,
        "bars without range": flat_days,
        "standing still": joined(walk(chance, 200, 10_000, 0.02), still(200, 10_000, 50), walk(chance, 200, 10_000, 0.02)),
        "halted": joined(walk(chance, 200, 3_000, 0.02), still(120, 3_000, 0), walk(chance, 280, 3_000, 0.02)),
        "a jump": joined(walk(chance, 300, 900, 0.02), walk(chance, 300, 1_200_000_000, 0.02)),
        "still from the first bar": joined(still(100, 5_000, 0), walk(chance, 300, 5_000, 0.02)),
    }
    return {f"generated: {name}": with_index(chance, bars) for name, bars in series.items()}


def real(folder):
    """Samsung Electronics since 2000 and 20 issues more, without halted days, beside KOSPI."""
    import pyarrow.parquet as parquet

    index = parquet.read_table(folder / "krx_index_daily_1995_2026.parquet").to_pandas()
    kospi = index[index.symbol == "KOSPI"].set_index("date").close
    table = parquet.read_table(folder / "krx_daily_adj_1999_2022.parquet").to_pandas()
    counts = table.symbol.value_counts()
    symbols = sorted(counts.index[counts >= 5 * LAST_BARS])
    chosen = [SAMSUNG, *symbols[:: max(1, len(symbols) // OTHER_ISSUES)][:OTHER_ISSUES]]
    series = {}
    for symbol in chosen:
        bars = table[table.symbol == symbol].sort_values("date")
        bars = bars[(bars.open > 0) & bars.date.isin(kospi.index)]
        bars = bars if symbol == SAMSUNG else bars.tail(LAST_BARS)
        columns = [bars[field].to_numpy(float) for field in FIELDS[:5]]
        series[f"real: {symbol}"] = [*columns, kospi.loc[bars.date].to_numpy(float)]
    return series


def main():
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("EXODUS_SHARED_DATA", beside))
    series = generated()
    if (folder / "krx_daily_adj_1999_2022.parquet").exists():
        series |= real(folder)
    else:
        print("real bars: skipped: no data")
    records = [{"name": name, **dict(zip(FIELDS, map(list, bars)))} for name, bars in series.items()]
    Path(sys.argv[1]).write_text(json.dumps(records))


main()
