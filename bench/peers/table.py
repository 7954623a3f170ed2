"""The figures as Markdown."""

import os
import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """Everything that was found out."""

    # By peer: (widest gap of equity, every fill is equal, issues, fills).
    agreement: dict
    # By program, one a round: cpu and memory to the first answer, and of each timed run.
    rounds: dict
    versions: dict
    # (shape, nanoseconds a bar of the ceiling, of the engine).
    ceiling: list
    sweeps: list
    real_issues: int

    def median(self, program, figure):
        return statistics.median(figure(one) for one in self.rounds[program])

    def a_bar(self, program, place):
        """CPU nanoseconds a bar of the timed run at `place`."""
        return self.median(program, lambda one: one["timed"][place]["cpu"] / one["timed"][place]["bars"] * 1e9)

    def bars(self, program, place):
        return self.rounds[program][0]["timed"][place]["bars"]


def rows(head, body):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *body]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def short(number):
    """Three digits that matter."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def times(ratio):
    return f"{short(ratio)} ×"


def agreement(figures):
    body = [
        [
            name,
            figures.versions[name],
            issues,
            fills,
            f"{gap:.1e}" if gap else "0",
            "all" if equal else "NO",
        ]
        for name, (gap, equal, issues, fills) in figures.agreement.items()
    ]
    return rows(["program", "version", "issues", "fills", "widest gap of equity", "equal fills"], body)


def one_backtest(figures, place):
    (_, floor, engine), others = figures.ceiling[place], []
    for name, found in figures.rounds.items():
        if name != "exodus" and len(found[0]["timed"]) > place:
            others.append((name, figures.a_bar(name, place), figures.bars(name, place)))
    body = [["the least code", short(floor), "1 ×", times(floor / engine), "all"]]
    body.append(["**Exodus**, the engine", short(engine), times(engine / floor), "1 ×", "all"])
    own = figures.a_bar("exodus", place)
    body.append(
        ["**Exodus**, the program on imported bars", short(own), times(own / floor), times(own / engine), "all"]
    )
    for name, cost, bars in sorted(others, key=lambda other: other[1]):
        measured = "all" if bars == figures.bars("exodus", place) else f"{bars:,}"
        body.append([name, short(cost), times(cost / floor), times(cost / engine), measured])
    return rows(["program", "cpu ns a bar", "of the least code", "of Exodus", "bars it was measured on"], body)


def first_answer(figures):
    found = [
        (name, figures.median(name, lambda one: one["first_cpu"]), figures.median(name, lambda one: one["first_mb"]))
        for name in figures.rounds
    ]
    own = next(cpu for name, cpu, _ in found if name == "exodus")
    body = [
        ["**Exodus**" if name == "exodus" else name, f"{cpu:.3f}", times(cpu / own), f"{megabytes:.0f}"]
        for name, cpu, megabytes in sorted(found, key=lambda one: one[1])
    ]
    return rows(["program", "cpu s", "of Exodus", "peak MB"], body)


def memory(figures):
    names = [name for name, found in figures.rounds.items() if figures.bars(name, 0) == figures.bars("exodus", 0)]
    found = {name: figures.median(name, lambda one: one["timed"][0]["peak_mb"]) for name in names}
    body = [
        ["**Exodus**" if name == "exodus" else name, f"{peak:.0f}", times(peak / found["exodus"])]
        for name, peak in sorted(found.items(), key=lambda one: one[1])
    ]
    return rows(["program", "peak MB", "of Exodus"], body)


def whole_process(figures):
    """CPU seconds of a new process that loads 2.5 million bars, runs and prints."""
    return figures.median("exodus", lambda one: one["timed"][0]["process"])


def sweep_of(one):
    issues = "1 issue" if one["issues"] == 1 else f"{one['issues']} issues"
    return f"{one['pairs']:,} pairs × {issues}"


def sweep(figures):
    body = []
    for one in figures.sweeps:
        pairs, issues, bars, few = one["pairs"], one["issues"], one["bars"], one["few"]
        whole = pairs * issues * bars
        _, own_cpu = one["exodus"][1]
        own = own_cpu * 1e9 / whole
        shape = f"{sweep_of(one)} × {bars:,} bars"
        body.append([shape, "**Exodus**, every rule and figure", short(own), "1 ×", f"{one['exodus_mb']:.0f}"])
        for name, run in (("numba loop", whole), ("vectorbt", few * issues * bars)):
            key = name.split()[0]
            cost = one[key]["cpu"] * 1e9 / run
            body.append(
                [
                    "",
                    name + ("" if run == whole else f", {few:,} pairs"),
                    short(cost),
                    times(cost / own),
                    f"{one[key]['peak_mb']:.0f}",
                ]
            )
    return rows(["sweep", "program", "cpu ns a pair and bar", "of Exodus", "peak MB"], body)


def two_cores(figures):
    body = []
    for one in figures.sweeps:
        (alone, cpu_alone), (together, cpu_together) = one["exodus"][1], one["exodus"][2]
        body.append([sweep_of(one), times(alone / together), times(cpu_together / cpu_alone)])
    return rows(["sweep", "two cores are faster by", "for so much of the cpu time of one"], body)


def table(figures):
    """The whole page."""
    cores, issues = os.cpu_count(), next(iter(figures.agreement.values()))[2]
    return f"""# Benchmarks

`make bench` wrote this page: Exodus and its peers on the same bars, in one run on one machine of {cores} cores, every
program in a process of its own, in turn. Figures are medians of {len(figures.rounds["exodus"])} rounds, cpu time where
nothing else is said. Times do not carry over to another machine; ratios do, roughly.

The rule is SMA(20) over SMA(60): decided at a close, filled at the next open, four fifths of equity in and everything
out, in whole shares. All pay 0.015 % commission on each fill and the 0.3 % taxes of a KOSPI sale, each cut to whole
won. Bars are seeded random walks on the price grid of KRX. The adapters are in `bench/peers/`, one a program.

Exodus does here what it does live: price grid, price limits, dated taxes, volume share, order life, risk gate, round
trips, some eighty figures, fingerprints. The peers do what they do, with their own headline figures.

## Same answers

Equity at every close, and every fill with its date, quantity, price and costs, on {issues} issues,
{figures.real_issues} of them real.

{agreement(figures)}

Deliberate settings: backtesting.py asks a strategy for the first time a bar after its indicators begin, so they are
filled from the start; nautilus_trader trades at a quote of the open that precedes each bar, an order taking a
nanosecond; zipline fills by a slippage model of our own that takes the next open. All compare averages to twelve
digits, Exodus in whole numbers. Prices and costs that a program keeps as floats are compared to 1e-9.

## One backtest: 500 issues × 5,000 daily bars

Bars in memory to result. "The least code" is a loop in Rust that knows this one rule and makes the same fills. Exodus
runs all issues on one wallet; the peers give each issue one of its own, vectorbt all at once. Those that are slow are
measured on fewer bars, and compared by the bar. The program's own figure is time on the wall, of the program as
`make run` builds it; the engine's is cpu time of a release build.

{one_backtest(figures, 0)}

## One backtest: 1,000,000 minute bars

{one_backtest(figures, 1)}

## New process to first answer, 5,000 bars

{first_answer(figures)}

Compiling is part of it where a program compiles at its start.

## Memory, 500 × 5,000 bars

{memory(figures)}

From its store to the printed answer, a new process of Exodus takes {whole_process(figures):.2f} s for them.

## Sweeps

Pairs of averages, on one core. vectorbt holds an array of every pair and bar at once, so it is given fewer pairs and
compared by the pair and bar. The loop that numba compiles computes the final equity and nothing else.

{sweep(figures)}

{two_cores(figures)}
"""
