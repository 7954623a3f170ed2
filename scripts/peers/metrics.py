"""Holds every figure of `exodus-trading` against quantstats, empyrical-reloaded and ffn.

Usage: metrics.py FILE, where FILE is what the example `peer_series` writes.

A figure and its peer must agree to 1e-9 relative, or both be undefined: None here, NaN or an infinity there. Where a peer
means something else by a name, `DIFFERENCES` in checks.py says why, and states the relation that must
then hold. What no peer has is computed a second time from its published formula, in `RECOMPUTED`.
"""

import json
import math
import sys
import warnings
from collections import Counter

import empyrical
import ffn
import numpy as np
import pandas as pd
import quantstats.stats as qs

from checks import CHECKS, DIFFERENCES, OWN_TESTS, RECOMPUTED
from series import Series, gains_of_round_trips

RELATIVE = 1e-9
# Below this a number is the rounding of a zero.
ABSOLUTE = 1e-12
# A check that fewer series than this reach proves nothing.
FEWEST = 5


def undefined(value):
    return value is None or not math.isfinite(value)


def agree(ours, theirs):
    if undefined(ours) or undefined(theirs):
        return undefined(ours) and undefined(theirs)
    return math.isclose(ours, theirs, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


class Comparison:
    """Counts what was compared, and keeps what did not agree."""

    def __init__(self):
        self.compared = 0
        self.failures = []
        self.asked = Counter()

    def expect(self, what, series, ours, theirs):
        self.compared += 1
        if not agree(ours, theirs):
            self.failures.append(f"{what}: {ours} here, {theirs} there ({series.name})")

    def check(self, check, series):
        if check.where(series):
            self.asked[check] += 1
            value = series.figure(check.figure)
            ours = None if value is None else check.ours(value, series)
            self.expect(f"{check.figure} against {check.peer}", series, ours, check.theirs(series))

    def months_and_years(self, series):
        months = {(row["year"], row["month"]): row["total_return"] for row in series.report["months"]}
        theirs = empyrical.aggregate_returns(series.returns, "monthly")
        self.expect("number of months against empyrical", series, len(months), len(theirs))
        for key, value in theirs.items():
            self.expect(f"month {key} against empyrical", series, months.get(key), value)
        table = qs.monthly_returns(series.returns)
        for (year, month), value in months.items():
            self.expect(
                f"month {(year, month)} against quantstats", series, value, table.loc[str(year)].iloc[month - 1]
            )
        for row in series.report["years"]:
            self.expect(
                f"{row['year']} against quantstats", series, row["total_return"], table.loc[str(row["year"]), "EOY"]
            )

    def round_trips(self, series):
        """Each round trip gains its cash in less its cash out, whatever part of the cost was given to which sale."""
        self.compared += 1
        if list(series.pnl) != gains_of_round_trips(series):
            self.failures.append(f"the round trips gain something else than cash in less cash out ({series.name})")

    def drawdowns(self, series):
        """Every drawdown with its dates. Both peers find them in the same exact series of drawdowns."""
        ours = series.all_drawdowns
        by_quantstats = qs.drawdown_details(series.drawdown)
        for own, theirs in zip(ours, by_quantstats.itertuples(index=False), strict=True):
            self.dates("quantstats", series, (own["start"], own["trough"], own["end"]), theirs[:3])
            self.expect("days of a drawdown against quantstats", series, own["days"], theirs[3])
            self.expect("depth of a drawdown against quantstats", series, own["depth"] * 100, theirs[4])
        by_ffn = ffn.core.drawdown_details(series.drawdown)
        for own, theirs in zip(ours, [] if by_ffn is None else by_ffn.itertuples(index=False), strict=True):
            # ffn ends a drawdown with the recovery, or with the last session.
            ends = own["recovery"] or own["end"]
            self.dates("ffn", series, (own["start"], ends), (str(theirs[0].date()), str(theirs[1].date())))
            self.expect("depth of a drawdown against ffn", series, own["depth"], theirs[3])
        deepest = sorted(ours, key=lambda own: own["depth"])[:10]
        self.compared += 1
        if series.report["drawdowns"] != deepest:
            self.failures.append(f"the deepest drawdowns are others ({series.name})")

    def dates(self, peer, series, ours, theirs):
        self.compared += 1
        if tuple(ours) != tuple(theirs):
            self.failures.append(f"dates of a drawdown: {ours} here, {theirs} with {peer} ({series.name})")

    def rolling(self, series):
        for window in series.report["rolling"]:
            length, points = window["sessions"], window["points"]
            if not points:
                continue
            returns, benchmark = series.returns, series.benchmark
            theirs = {
                ("total_return", "pandas"): series.prices.pct_change(length),
                ("volatility", "quantstats"): qs.rolling_volatility(returns, length),
                ("volatility", "empyrical"): empyrical.roll_annual_volatility(returns, window=length),
                ("sharpe_ratio", "quantstats"): qs.rolling_sharpe(returns, rolling_period=length),
                ("sharpe_ratio", "empyrical"): empyrical.roll_sharpe_ratio(returns, window=length),
                ("sortino_ratio", "quantstats"): qs.rolling_sortino(returns, rolling_period=length),
                ("sortino_ratio", "empyrical"): empyrical.roll_sortino_ratio(returns, window=length),
                ("beta", "empyrical"): empyrical.roll_beta(returns, benchmark, window=length),
            }
            for (figure, peer), values in theirs.items():
                for point in points:
                    what = f"{figure} over {length} sessions to {point['date']} against {peer}"
                    self.expect(what, series, point[figure], values[pd.Timestamp(point["date"])])

    def regimes(self, series):
        """The rule, computed a second time: the benchmark's return over 60 sessions, known the session before."""
        trend = series.levels.pct_change(60).shift(1)[series.returns.index]
        masks = {"bull": trend >= 0.05, "bear": trend <= -0.05, "sideways": trend.abs() < 0.05}
        self.expect(
            "sessions without a regime", series, series.report["regimes"]["unknown_sessions"], trend.isna().sum()
        )
        for own in series.report["regimes"]["figures"]:
            returns = series.returns[masks[own["regime"]]]
            self.expect("sessions of a regime", series, own["sessions"], len(returns))
            self.expect("return of a regime", series, own["total_return"], qs.comp(returns))
            if len(returns):
                annual = empyrical.annual_return(returns)
                self.expect(
                    "annual return of a regime against empyrical", series, own["annual_return_by_sessions"], annual
                )
            volatility, sharpe = empyrical.annual_volatility(returns), empyrical.sharpe_ratio(returns)
            self.expect("volatility of a regime against empyrical", series, own["volatility"], volatility)
            self.expect("Sharpe ratio of a regime against empyrical", series, own["sharpe_ratio"], sharpe)


def main(path):
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    with open(path, encoding="utf-8") as file:
        all_series = [Series(record) for record in json.load(file)]

    comparison = Comparison()
    figures = {entry["figure"] for entry in all_series[0].report["conventions"]}
    held = {check.figure for check in CHECKS + DIFFERENCES + RECOMPUTED} | OWN_TESTS
    comparison.failures += [f"nothing is said of {figure}" for figure in sorted(figures ^ held)]
    for series in all_series:
        for check in CHECKS + DIFFERENCES + RECOMPUTED:
            comparison.check(check, series)
        comparison.months_and_years(series)
        comparison.round_trips(series)
        comparison.drawdowns(series)
        comparison.rolling(series)
        comparison.regimes(series)
    for check in CHECKS + DIFFERENCES + RECOMPUTED:
        if comparison.asked[check] < FEWEST:
            comparison.failures.append(f"{check.figure} was held against {check.peer} too seldom")

    print(f"{len(figures)} figures of {len(all_series)} series, {comparison.compared} comparisons to {RELATIVE}.")
    print(f"{len(DIFFERENCES)} deliberate differences, each related to the peer:")
    for one in DIFFERENCES:
        print(f"  {one.figure} / {one.peer}: {one.reason}.")
    if comparison.failures:
        print(f"\n{len(comparison.failures)} comparisons failed:", file=sys.stderr)
        for failure in comparison.failures[:40]:
            print(f"  {failure}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
