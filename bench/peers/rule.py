"""The one rule that every program runs, and what it pays: SMA(20) over SMA(60), the whole position in and out.

Decided at the close of a bar, filled at the open of the next. A buy is worth four fifths of equity at the close it
was decided on, in whole shares, so that a gap up to a quarter is still paid for; a sell is all that is held. Each fill
pays a commission of 0.015 %, each sale the two taxes of a KOSPI issue up to May 2019 besides, every one cut to whole
won. So every amount is a whole number, and equal answers are equal to the won.
"""

import csv
import itertools
import json
import resource
import sys

FAST, SLOW = 20, 60
CAPITAL = 10_000_000
# Averages that differ in the twelfth digit only are equal: floats that were summed up differ there.
ABOVE = 1 + 1e-12


def quantity(equity, close):
    """Shares to buy."""
    return int(equity) * 8 // 10 // int(close)


def commission(amount):
    """Of a buy or a sale."""
    return int(amount) * 15 // 100_000


def tax(amount):
    """Of a sale: securities transaction tax and rural special tax, 0.15 % each."""
    return 2 * (int(amount) * 15 // 10_000)


def costs(signed_quantity, price):
    """Of a fill; a sale has a negative quantity."""
    amount = round(abs(signed_quantity) * price)
    return commission(amount) + (tax(amount) if signed_quantity < 0 else 0)


def read(path, issues=None):
    """[(symbol, [(date, open, high, low, close, volume)])] of a file that is sorted by symbol and date."""
    with open(path, newline="") as file:
        rows = csv.reader(file)
        next(rows)
        groups = itertools.groupby(rows, key=lambda row: row[0])
        found = ((symbol, [(row[1], *map(int, row[2:])) for row in group]) for symbol, group in groups)
        return list(itertools.islice(found, issues))


def spent():
    """CPU seconds of this process, all its threads."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_mb():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))


def measure(prepare, run, tell):
    """What every adapter does with the jobs in the file that its command line names.

    `prepare(path, issues)` reads the first so many issues of a file, all for None. `run` takes what it gave and makes
    the backtests; this is what is timed. `tell` turns its result into (equity by bar, fills as [date, signed quantity,
    price, costs]) for each issue.

    Prints one line of JSON: CPU seconds and megabytes from the start of the process to the first answer, then CPU
    seconds and megabytes of the timed runs.
    """
    with open(sys.argv[1]) as file:
        jobs = json.load(file)
    tell(run(prepare(jobs["first"], 1)))
    told = {"first_cpu": spent(), "first_mb": peak_mb(), "timed": []}
    for path, out in jobs["answer"]:
        answers = tell(run(prepare(path, None)))
        with open(out, "w") as file:
            json.dump(answers, file)
    for path, issues in jobs["timed"]:
        if issues > 1:
            # Compiles what arrays of several issues need besides.
            run(prepare(path, 2))
        prepared = prepare(path, issues)
        cpu = spent()
        result = run(prepared)
        cpu = spent() - cpu
        bars = sum(len(equity) for equity, _ in tell(result))
        told["timed"].append({"cpu": cpu, "bars": bars, "peak_mb": peak_mb()})
    print(json.dumps(told))
