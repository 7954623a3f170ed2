"""Makes bars that every program can trade: prices on the grid of KRX, moves within its limits, a fixed seed.

Usage: bars.py DATES ISSUES FILE, where DATES has one session a line.
       bars.py DATES --minutes COUNT FILE, for one issue of minute bars.
"""

import random
import sys

# Price grid of KOSPI before 2023: below each price, steps of so many won.
GRID = ((1_000, 1), (5_000, 5), (10_000, 10), (50_000, 50), (100_000, 100), (500_000, 500), (10**9, 1_000))
# Before the closing auction in every year.
MINUTES = 350
HEADER = "symbol,{when},open,high,low,close,volume\n"


def on_grid(price):
    step = next(step for below, step in GRID if price < below)
    return max(int(price) // step * step, step)


def walk(chance, spread, count):
    """`count` bars (open, high, low, close, volume) from 20,000 won on, kept between 2,000 and 400,000."""
    last = 20_000
    for _ in range(count):
        drift = 1.02 if last < 2_000 else 0.98 if last > 400_000 else 1.0002
        first = on_grid(last * (1 + chance.uniform(-spread, spread) / 4))
        close = on_grid(last * drift * (1 + chance.uniform(-spread, spread)))
        high = on_grid(max(first, close) * (1 + chance.random() * spread / 4))
        low = on_grid(min(first, close) * (1 - chance.random() * spread / 4))
        high, low = max(high, first, close), min(low, first, close)
        yield first, high, low, close, chance.randrange(100_000, 1_000_000)
        last = close


def write_days(dates, issues, file):
    file.write(HEADER.format(when="date"))
    for issue in range(issues):
        symbol = f"9{issue:04}0"
        bars = walk(random.Random(issue + 1), 0.04, len(dates))
        file.writelines(
            f"{symbol},{date},{first},{high},{low},{close},{volume}\n"
            for date, (first, high, low, close, volume) in zip(dates, bars)
        )


def write_minutes(dates, count, file):
    file.write(HEADER.format(when="timestamp"))
    bars = walk(random.Random(99), 0.004, count)
    times = ((date, 9 * 60 + minute) for date in dates for minute in range(MINUTES))
    for (date, minute), (first, high, low, close, volume) in zip(times, bars):
        when = f"{date}T{minute // 60:02}:{minute % 60:02}:00"
        file.write(f"990000,{when},{first},{high},{low},{close},{volume}\n")


def main():
    with open(sys.argv[1]) as file:
        dates = file.read().split()
    with open(sys.argv[-1], "w") as file:
        if sys.argv[2] == "--minutes":
            write_minutes(dates, int(sys.argv[3]), file)
        else:
            write_days(dates, int(sys.argv[2]), file)


main()
