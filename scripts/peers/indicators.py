"""Holds all indicators against a second computation from their definitions, and against TA-Lib where it means the same.

Usage: indicators.py BARS ANSWER, as bars.py and the example peer_indicators have written them."""

import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import oracle_averages
import oracle_trends
from runs import RUNS, TWO_MEANINGS, runs
from talib_peers import ANOTHER_MEANING, PEERS
from windows import series

ORACLES = oracle_averages.ORACLES | oracle_trends.ORACLES
TOLERANCE = 1e-9


@dataclass
class Bars:
    name: str
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray
    benchmark: np.ndarray

    @property
    def count(self):
        return len(self.close)

    def extended(self):
        fields = (self.open, self.high, self.low, self.close, self.volume, self.benchmark)
        return Bars(self.name, *map(series, fields))


class Tally:
    """Counts comparisons and keeps the worst."""

    def __init__(self):
        self.comparisons = Counter()
        self.worst = {}
        self.faults = []

    def compare(self, name, where, ours, theirs):
        """Relative to the value, or to the size the series usually has where that is more: differences cross zero."""
        ours, theirs = np.asarray(ours, dtype=np.longdouble), np.asarray(theirs, dtype=np.longdouble)
        usual = np.abs(theirs).mean() if len(theirs) else 0
        size = np.maximum(np.abs(theirs), usual)
        error = np.where(size > 0, np.abs(ours - theirs) / np.where(size > 0, size, 1), np.abs(ours))
        self.comparisons[name] += len(ours)
        worst = float(error.max(initial=0))
        if worst > self.worst.get(name, (-1, ""))[0]:
            self.worst[name] = (worst, where)
        if not worst <= TOLERANCE:
            place = int(np.argmax(~(error <= TOLERANCE)))
            self.faults.append(f"{where}: {float(ours[place])!r}, not {float(theirs[place])!r}, at {place} of {len(ours)}")

    @property
    def largest(self):
        return max(self.worst.values(), default=(0.0, ""))


def presence(where, ours, theirs, ready, faults):
    """Values must be there on the same bars, the first with the bar that the program calls ready."""
    ours, theirs = ~np.isnan(ours), ~np.isnan(theirs)
    if (ours != theirs).any():
        place = int(np.argmax(ours != theirs))
        faults.append(f"{where}: bar {place + 1} {'has' if ours[place] else 'lacks'} a value")
    if ours[: ready - 1].any():
        faults.append(f"{where}: a value before bar {ready}")


def main():
    records = json.loads(Path(sys.argv[1]).read_text())
    all_bars = [Bars(record.pop("name"), **{k: np.array(v) for k, v in record.items()}) for record in records]
    answers = json.loads(Path(f"{sys.argv[2]}.json").read_text())
    values = np.fromfile(f"{sys.argv[2]}.f64", dtype="<f8")

    assert RUNS.keys() == ORACLES.keys() and len(RUNS) == 80, RUNS.keys() ^ ORACLES.keys()
    definitions, talib = Tally(), Tally()
    offset = 0
    for bars in all_bars:
        extended = bars.extended()
        for (name, parameters, mode, _), answer in zip(runs(), answers, strict=True):
            where = f"{name} {parameters} {mode}, {bars.name}"
            size = len(answer["outputs"]) * bars.count
            ours = values[offset : offset + size].reshape(-1, bars.count)
            offset += size
            extra = {"mode": mode} if name in TWO_MEANINGS else {}
            expected = ORACLES[name](extended, **parameters, **extra)
            for output, mine, theirs in zip(answer["outputs"], ours, expected, strict=True):
                presence(f"{where}: {output}", mine, theirs, answer["ready"], definitions.faults)
                both = ~np.isnan(mine) & ~np.isnan(theirs)
                definitions.compare(name, f"{where}: {output}", mine[both], theirs[both])
            peer = PEERS.get(name)
            if peer and mode == "exodus" and peer.where(parameters):
                left_out = peer.left_out(bars, parameters)
                for output, mine, theirs in zip(answer["outputs"], ours, peer.outputs(bars, parameters), strict=True):
                    if theirs is None:
                        continue
                    both = ~np.isnan(mine) & ~np.isnan(theirs) & ~left_out
                    talib.compare(name, f"{where}: {output} is not {peer.name}", mine[both], theirs[both])
    assert offset == len(values), "more values than asked for"

    report("definition", definitions)
    report("TA-Lib", talib)
    for name, peer in PEERS.items():
        if peer.reason:
            print(f"  {name} differs from {peer.name} on purpose: {peer.reason}")
    for name, reason in ANOTHER_MEANING.items():
        print(f"  {name} is not compared with TA-Lib: {reason}")
    faults = definitions.faults + talib.faults
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(f"{len(faults)} faults" if faults else 0)


def report(peer, tally):
    error, where = tally.largest
    print(
        f"indicators against {peer}: {len(tally.comparisons)} ids, {sum(tally.comparisons.values()):,} comparisons, "
        f"largest relative error {error:.1e} ({where})"
    )


main()
