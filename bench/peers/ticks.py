"""Frames of trades to typed records in Python. Reads frames from the standard input, one a line; prints nanoseconds of
cpu time a record, the median of five rounds."""

import sys
import time
from dataclasses import make_dataclass
from datetime import date, time as clock_time
from decimal import Decimal
from statistics import median

WIDTH = 47


def moment(text):
    return clock_time(int(text[:2]), int(text[2:4]), int(text[4:])) if text else None


def day(text):
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def flag(text):
    return text == "Y"


# The type of each field, in order.
TYPES = (
    str, moment, int, str, int, Decimal, Decimal, int, int, int, int, int, int, int, int, int, int, int, Decimal, int,
    int, str, Decimal, Decimal, moment, str, int, moment, str, int, moment, str, int, day, str, flag, int, int, int, int,
    Decimal, int, Decimal, str, str, int, str,
)

Trade = make_dataclass("Trade", [(f"field_{number}", kind) for number, kind in enumerate(TYPES, 1)], slots=True)


def parse(frame):
    _, _, count, body = frame.split("|", 3)
    fields = body.split("^")
    width = len(fields) // int(count)
    for start in range(0, len(fields), width):
        yield Trade(*[convert(text) for convert, text in zip(TYPES, fields[start : start + WIDTH])])


def main():
    frames = sys.stdin.read().split("\n")[:10_000]
    rounds = []
    for _ in range(5):
        start = time.process_time()
        records = sum(1 for frame in frames for _ in parse(frame))
        rounds.append((time.process_time() - start) / records)
    print(median(rounds) * 1e9)


main()
