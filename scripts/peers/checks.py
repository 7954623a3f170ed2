"""Which figure is held against what: the same, different on purpose, computed a second time, or proven elsewhere."""

import math
from dataclasses import dataclass

import empyrical
import ffn
import quantstats.stats as qs
from scipy import stats

from series import (
    YEAR,
    a_year,
    costs,
    expected_best,
    holding_days,
    longest_run,
    mean_of_ffn_drawdowns,
    over_cost,
    probabilistic_sharpe,
    traded,
)


@dataclass(frozen=True)
class Check:
    """A figure and what a peer says of it. `ours` restates the figure where the peer means something else."""

    figure: str
    peer: str
    theirs: object
    ours: object = lambda value, series: value
    # Series of which the peer can say something.
    where: object = lambda series: True


@dataclass(frozen=True)
class Difference(Check):
    reason: str = ""


def several(series):
    return series.sessions >= 2


def varied(series):
    return series.returns.nunique() > 1


def filled(series):
    return not series.fills.empty


def with_losses(series):
    """quantstats takes gains without a loss for prices, so it can only be asked where there is one."""
    return (series.pnl < 0).any()


def whole_won(value, mean):
    """The mean, if `value` is it to the nearest won; else `value`, which then fails the check."""
    return mean if value is not None and abs(value - mean) <= 0.5 else value


CHECKS = [
    Check("returns.total_return", "quantstats comp", lambda s: qs.comp(s.returns)),
    Check("returns.total_return", "empyrical cum_returns_final", lambda s: empyrical.cum_returns_final(s.returns)),
    Check("returns.total_return", "ffn calc_total_return", lambda s: ffn.core.calc_total_return(s.prices)),
    Check("returns.annual_return", "ffn calc_cagr", lambda s: ffn.core.calc_cagr(s.prices)),
    Check("returns.annual_return_by_sessions", "empyrical annual_return", lambda s: empyrical.annual_return(s.returns)),
    Check("returns.annual_return_by_sessions", "quantstats cagr", lambda s: qs.cagr(s.returns)),
    Check("returns.best_session", "quantstats best", lambda s: qs.best(s.returns)),
    Check("returns.best_session", "ffn best_day", lambda s: s.ffn_stats.best_day, where=several),
    Check("returns.worst_session", "quantstats worst", lambda s: qs.worst(s.returns)),
    Check("returns.worst_session", "ffn worst_day", lambda s: s.ffn_stats.worst_day, where=several),
    Check("returns.mean_session", "ffn daily_mean", lambda s: s.ffn_stats.daily_mean / YEAR, where=several),
    Check(
        "returns.best_month",
        "empyrical aggregate_returns",
        lambda s: empyrical.aggregate_returns(s.returns, "monthly").max(),
    ),
    Check("returns.best_month", "quantstats best", lambda s: qs.best(s.returns, aggregate="eom")),
    Check(
        "returns.worst_month",
        "empyrical aggregate_returns",
        lambda s: empyrical.aggregate_returns(s.returns, "monthly").min(),
    ),
    Check("returns.worst_month", "quantstats worst", lambda s: qs.worst(s.returns, aggregate="eom")),
    Check(
        "returns.best_year",
        "empyrical aggregate_returns",
        lambda s: empyrical.aggregate_returns(s.returns, "yearly").max(),
    ),
    Check("returns.best_year", "quantstats best", lambda s: qs.best(s.returns, aggregate="year")),
    Check(
        "returns.worst_year",
        "empyrical aggregate_returns",
        lambda s: empyrical.aggregate_returns(s.returns, "yearly").min(),
    ),
    Check("returns.worst_year", "quantstats worst", lambda s: qs.worst(s.returns, aggregate="year")),
    Check("risk.volatility", "quantstats volatility", lambda s: qs.volatility(s.returns)),
    Check("risk.volatility", "empyrical annual_volatility", lambda s: empyrical.annual_volatility(s.returns)),
    Check("risk.volatility", "ffn daily_vol", lambda s: s.ffn_stats.daily_vol, where=several),
    Check("risk.downside_deviation", "empyrical downside_risk", lambda s: empyrical.downside_risk(s.returns)),
    Check("risk.sharpe_ratio", "quantstats sharpe", lambda s: qs.sharpe(s.returns)),
    Check("risk.sharpe_ratio", "empyrical sharpe_ratio", lambda s: empyrical.sharpe_ratio(s.returns)),
    Check("risk.sharpe_ratio", "ffn calc_sharpe", lambda s: ffn.core.calc_sharpe(s.returns, nperiods=YEAR)),
    Check("risk.sortino_ratio", "quantstats sortino", lambda s: qs.sortino(s.returns)),
    Check("risk.sortino_ratio", "empyrical sortino_ratio", lambda s: empyrical.sortino_ratio(s.returns), where=several),
    Check("risk.calmar_ratio", "ffn calc_calmar_ratio", lambda s: ffn.core.calc_calmar_ratio(s.prices)),
    Check("risk.calmar_ratio_by_sessions", "empyrical calmar_ratio", lambda s: empyrical.calmar_ratio(s.returns)),
    Check("risk.calmar_ratio_by_sessions", "quantstats calmar", lambda s: qs.calmar(s.returns)),
    Check("risk.omega_ratio", "quantstats omega", lambda s: qs.omega(s.returns), where=several),
    Check("risk.omega_ratio", "empyrical omega_ratio", lambda s: empyrical.omega_ratio(s.returns), where=several),
    Check("risk.tail_ratio", "quantstats tail_ratio", lambda s: qs.tail_ratio(s.returns)),
    Check("risk.tail_ratio", "empyrical tail_ratio", lambda s: empyrical.tail_ratio(s.returns)),
    Check("risk.value_at_risk_95", "empyrical value_at_risk", lambda s: empyrical.value_at_risk(s.returns, 0.05)),
    Check("risk.value_at_risk_99", "empyrical value_at_risk", lambda s: empyrical.value_at_risk(s.returns, 0.01)),
    Check(
        "risk.conditional_value_at_risk_95",
        "empyrical conditional_value_at_risk",
        lambda s: empyrical.conditional_value_at_risk(s.returns.to_numpy(), 0.05),
    ),
    Check(
        "risk.conditional_value_at_risk_99",
        "empyrical conditional_value_at_risk",
        lambda s: empyrical.conditional_value_at_risk(s.returns.to_numpy(), 0.01),
    ),
    Check("risk.skewness", "quantstats skew", lambda s: qs.skew(s.returns), where=varied),
    Check(
        "risk.skewness",
        "ffn daily_skew",
        lambda s: s.ffn_stats.daily_skew,
        where=lambda s: varied(s) and s.sessions >= 4,
    ),
    Check("risk.excess_kurtosis", "quantstats kurtosis", lambda s: qs.kurtosis(s.returns), where=varied),
    Check(
        "risk.excess_kurtosis",
        "ffn daily_kurt",
        lambda s: s.ffn_stats.daily_kurt,
        where=lambda s: varied(s) and s.sessions >= 4,
    ),
    Check("drawdown.max_drawdown", "quantstats max_drawdown", lambda s: qs.max_drawdown(s.returns)),
    Check("drawdown.max_drawdown", "empyrical max_drawdown", lambda s: empyrical.max_drawdown(s.returns)),
    Check("drawdown.max_drawdown", "ffn calc_max_drawdown", lambda s: ffn.core.calc_max_drawdown(s.prices)),
    Check(
        "drawdown.current_drawdown",
        "quantstats to_drawdown_series",
        lambda s: qs.to_drawdown_series(s.returns).iloc[-1],
    ),
    Check(
        "drawdown.current_drawdown",
        "empyrical drawdown_series",
        lambda s: empyrical.stats.drawdown_series(s.returns).iloc[-1],
    ),
    Check("drawdown.drawdowns", "quantstats drawdown_details", lambda s: len(qs.drawdown_details(s.drawdown))),
    Check(
        "drawdown.longest_days",
        "quantstats drawdown_details",
        lambda s: qs.drawdown_details(s.drawdown)["days"].max() if (s.drawdown < 0).any() else 0,
    ),
    Check("drawdown.average_drawdown", "ffn drawdown_details", lambda s: mean_of_ffn_drawdowns(s)),
    Check("benchmark.total_return", "empyrical cum_returns_final", lambda s: empyrical.cum_returns_final(s.benchmark)),
    Check("benchmark.beta", "quantstats greeks", lambda s: qs.greeks(s.returns, s.benchmark)["beta"], where=several),
    Check("benchmark.beta", "empyrical beta", lambda s: empyrical.beta(s.returns, s.benchmark), where=several),
    Check("benchmark.alpha", "quantstats greeks", lambda s: qs.greeks(s.returns, s.benchmark)["alpha"], where=several),
    Check(
        "benchmark.tracking_error",
        "empyrical annual_volatility",
        lambda s: empyrical.annual_volatility(s.returns - s.benchmark),
    ),
    Check("benchmark.r_squared", "quantstats r_squared", lambda s: qs.r_squared(s.returns, s.benchmark), where=varied),
    Check("benchmark.up_capture", "empyrical up_capture", lambda s: empyrical.up_capture(s.returns, s.benchmark)),
    Check("benchmark.down_capture", "empyrical down_capture", lambda s: empyrical.down_capture(s.returns, s.benchmark)),
    Check(
        "benchmark.capture_ratio",
        "empyrical up_down_capture",
        lambda s: empyrical.up_down_capture(s.returns, s.benchmark),
    ),
    Check("trips.profit_factor", "quantstats profit_factor", lambda s: qs.profit_factor(s.pnl), where=with_losses),
    Check("trips.payoff_ratio", "quantstats payoff_ratio", lambda s: qs.payoff_ratio(s.pnl), where=with_losses),
    Check(
        "trips.longest_winning_streak",
        "quantstats consecutive_wins",
        lambda s: qs.consecutive_wins(s.pnl),
        where=with_losses,
    ),
    Check(
        "trips.longest_losing_streak",
        "quantstats consecutive_losses",
        lambda s: qs.consecutive_losses(s.pnl),
        where=with_losses,
    ),
    Check("trips.largest_loss", "quantstats worst", lambda s: qs.worst(s.pnl), where=with_losses),
    Check(
        "trips.largest_win",
        "quantstats best",
        lambda s: qs.best(s.pnl),
        where=lambda s: with_losses(s) and (s.pnl > 0).any(),
    ),
]

# Where we differ on purpose: the reason, and what must hold all the same.
DIFFERENCES = [
    Difference(
        "returns.positive_sessions",
        "quantstats win_rate",
        lambda s: qs.win_rate(s.returns),
        ours=lambda value, s: value / s.nonzero,
        where=lambda s: s.nonzero > 0,
        reason="quantstats leaves sessions without a change out of the count; ours counts every session, so cash is no win",
    ),
    Difference(
        "returns.mean_session",
        "quantstats avg_return",
        lambda s: qs.avg_return(s.returns),
        ours=lambda value, s: value / s.nonzero,
        where=lambda s: s.nonzero > 0,
        reason="quantstats leaves sessions without a change out of the mean",
    ),
    Difference(
        "risk.sortino_ratio",
        "ffn calc_sortino_ratio",
        lambda s: ffn.core.calc_sortino_ratio(s.prices.pct_change(), nperiods=YEAR),
        ours=lambda value, s: (
            value and value * math.sqrt((s.returns.clip(upper=0) ** 2).mean()) / s.returns.clip(upper=0).std()
        ),
        where=lambda s: s.sessions >= 2 and s.returns.clip(upper=0).nunique() > 1,
        reason="ffn divides by the sample deviation of returns clipped at zero around their own mean; the paper's target deviation is around the target",
    ),
    Difference(
        "risk.value_at_risk_95",
        "quantstats value_at_risk",
        lambda s: qs.value_at_risk(s.returns),
        ours=lambda value, s: stats.norm.ppf(
            0.05, s.figure("returns.mean_session"), s.figure("risk.volatility") / math.sqrt(YEAR)
        ),
        where=varied,
        reason="quantstats assumes a normal distribution, which returns do not have; ours is the quantile of what happened. What must hold: a normal quantile of our mean and deviation is theirs",
    ),
    Difference(
        "risk.conditional_value_at_risk_95",
        "quantstats conditional_value_at_risk",
        lambda s: qs.conditional_value_at_risk(s.returns),
        ours=lambda value, s: s.returns[
            s.returns
            < stats.norm.ppf(0.05, s.figure("returns.mean_session"), s.figure("risk.volatility") / math.sqrt(YEAR))
        ].mean(),
        where=lambda s: (s.returns < stats.norm.ppf(0.05, s.returns.mean(), s.returns.std())).any(),
        reason="quantstats takes the mean below its normal quantile, so neither tail nor share are those of the name",
    ),
    Difference(
        "risk.skewness",
        "scipy skew, as empyrical",
        lambda s: stats.skew(s.returns),
        ours=lambda value, s: value and value * (s.sessions - 2) / math.sqrt(s.sessions * (s.sessions - 1)),
        where=lambda s: s.sessions >= 3,
        reason="empyrical names scipy's moment that is biased for a sample; ours is corrected",
    ),
    Difference(
        "risk.excess_kurtosis",
        "scipy kurtosis, as empyrical",
        lambda s: stats.kurtosis(s.returns),
        ours=lambda value, s: (
            value and (value * (s.sessions - 2) * (s.sessions - 3) / (s.sessions - 1) - 6) / (s.sessions + 1)
        ),
        where=lambda s: s.sessions >= 4,
        reason="empyrical names scipy's moment that is biased for a sample; ours is corrected",
    ),
    Difference(
        "risk.skewness",
        "quantstats skew",
        lambda s: qs.skew(s.returns) or math.nan,
        where=lambda s: not varied(s),
        reason="pandas calls the skewness of returns that do not vary zero; it is zero over zero, so ours is undefined",
    ),
    Difference(
        "risk.excess_kurtosis",
        "quantstats kurtosis",
        lambda s: qs.kurtosis(s.returns) or math.nan,
        where=lambda s: not varied(s),
        reason="pandas calls the kurtosis of returns that do not vary zero; it is zero over zero, so ours is undefined",
    ),
    Difference(
        "drawdown.ulcer_index",
        "quantstats ulcer_index",
        lambda s: qs.ulcer_index(s.returns),
        ours=lambda value, s: value * math.sqrt(s.sessions / (s.sessions - 1)),
        where=several,
        reason="quantstats divides by n − 1; the paper's root mean square, which estimates nothing, divides by n",
    ),
    Difference(
        "drawdown.ulcer_index",
        "ffn to_ulcer_index",
        lambda s: ffn.core.to_ulcer_index(s.prices),
        ours=lambda value, s: value * 100 * math.sqrt(s.sessions / (s.sessions + 1)),
        reason="ffn counts in percent, and the day before the first session as one more without a drawdown",
    ),
    Difference(
        "significance.probabilistic_sharpe_ratio",
        "quantstats probabilistic_sharpe_ratio",
        lambda s: qs.probabilistic_sharpe_ratio(s.returns),
        ours=lambda value, s: probabilistic_sharpe(s, excess=s.figure("risk.excess_kurtosis") - 3),
        where=lambda s: (
            s.figure("significance.probabilistic_sharpe_ratio") is not None
            and probabilistic_sharpe(s, excess=s.figure("risk.excess_kurtosis") - 3) is not None
        ),
        reason="quantstats takes 3 off a kurtosis that is already in excess of 3; ours follows the paper",
    ),
    Difference(
        "benchmark.alpha",
        "empyrical alpha",
        lambda s: empyrical.alpha(s.returns, s.benchmark),
        ours=lambda value, s: (1 + value / YEAR) ** YEAR - 1,
        where=several,
        reason="empyrical compounds the alpha of a session over a year; Jensen's alpha is a regression intercept and scales with time",
    ),
    Difference(
        "benchmark.information_ratio",
        "quantstats information_ratio",
        lambda s: qs.information_ratio(s.returns, s.benchmark),
        ours=lambda value, s: value / math.sqrt(YEAR),
        where=several,
        reason="quantstats leaves it by the session; ours is by the year, as the Sharpe ratio beside it",
    ),
    Difference(
        "benchmark.information_ratio",
        "empyrical excess_sharpe",
        lambda s: empyrical.excess_sharpe(s.returns, s.benchmark),
        ours=lambda value, s: value / math.sqrt(YEAR),
        where=several,
        reason="empyrical leaves it by the session; ours is by the year",
    ),
    Difference(
        "benchmark.information_ratio",
        "ffn calc_information_ratio",
        lambda s: ffn.core.calc_information_ratio(s.returns, s.benchmark),
        ours=lambda value, s: value / math.sqrt(YEAR),
        where=several,
        reason="ffn leaves it by the session; ours is by the year",
    ),
    Difference(
        "trips.win_rate",
        "quantstats win_rate",
        lambda s: qs.win_rate(s.pnl),
        ours=lambda value, s: value * len(s.pnl) / (s.pnl != 0).sum(),
        where=with_losses,
        reason="quantstats leaves round trips that broke even out of the count",
    ),
    Difference(
        "trips.system_quality_number",
        "quantstats risk_return_ratio",
        lambda s: qs.risk_return_ratio(s.pnl),
        ours=lambda value, s: value and value / math.sqrt(len(s.pnl)),
        where=lambda s: with_losses(s) and len(s.pnl) > 1,
        reason="quantstats has the ratio without the root of the number of trades",
    ),
    Difference(
        "trips.expectancy",
        "pandas mean",
        lambda s: s.pnl.mean(),
        ours=lambda value, s: whole_won(value, s.pnl.mean()),
        where=lambda s: len(s.pnl) > 0,
        reason="ours is money, so whole won",
    ),
    Difference(
        "trips.average_win",
        "quantstats avg_win",
        lambda s: qs.avg_win(s.pnl),
        ours=lambda value, s: whole_won(value, s.pnl[s.pnl > 0].mean()),
        where=with_losses,
        reason="ours is money, so whole won",
    ),
    Difference(
        "trips.average_loss",
        "quantstats avg_loss",
        lambda s: qs.avg_loss(s.pnl),
        ours=lambda value, s: whole_won(value, s.pnl[s.pnl < 0].mean()),
        where=with_losses,
        reason="ours is money, so whole won",
    ),
]

# What no peer has, computed a second time.
RECOMPUTED = [
    Check(
        "returns.positive_months", "pandas", lambda s: (empyrical.aggregate_returns(s.returns, "monthly") > 0).mean()
    ),
    Check("risk.skewness", "scipy skew", lambda s: stats.skew(s.returns, bias=False) if s.sessions >= 3 else math.nan),
    Check(
        "risk.excess_kurtosis",
        "scipy kurtosis",
        lambda s: stats.kurtosis(s.returns, bias=False) if s.sessions >= 4 else math.nan,
    ),
    Check("significance.probabilistic_sharpe_ratio", "the paper", lambda s: probabilistic_sharpe(s)),
    Check(
        "significance.expected_best_sharpe_ratio",
        "the paper",
        lambda s: expected_best(s) * math.sqrt(YEAR),
        where=several,
    ),
    Check(
        "significance.deflated_sharpe_ratio",
        "the paper",
        lambda s: probabilistic_sharpe(s, threshold=expected_best(s)),
        where=several,
    ),
    Check("drawdown.longest_sessions", "pandas", lambda s: longest_run(s.drawdown.iloc[1:] < 0)),
    Check("drawdown.time_under_water", "pandas", lambda s: (s.drawdown.iloc[1:] < 0).mean()),
    Check("benchmark.sessions", "pandas", lambda s: s.sessions),
    Check("benchmark.excess_return", "pandas", lambda s: qs.comp(s.returns) - qs.comp(s.benchmark)),
    Check("benchmark.correlation", "pandas", lambda s: s.returns.corr(s.benchmark), where=varied),
    Check("trips.closed", "pandas", lambda s: len(s.pnl)),
    Check("trips.open", "pandas", lambda s: len(s.trips) - len(s.pnl)),
    Check("trips.expectancy_return", "pandas", lambda s: over_cost(s, "pnl").mean()),
    Check("trips.average_mae", "pandas", lambda s: over_cost(s, "mae").mean()),
    Check("trips.average_mfe", "pandas", lambda s: over_cost(s, "mfe").mean()),
    Check("trips.worst_mae", "pandas", lambda s: over_cost(s, "mae").min()),
    Check("trips.average_holding_days", "pandas", lambda s: holding_days(s).mean()),
    Check("trips.median_holding_days", "pandas", lambda s: holding_days(s).median()),
    Check("trips.longest_holding_days", "pandas", lambda s: holding_days(s).max()),
    Check("activity.bought", "pandas", lambda s: traded(s, "buy"), where=filled),
    Check("activity.sold", "pandas", lambda s: traded(s, "sell"), where=filled),
    Check("activity.costs", "pandas", lambda s: costs(s), where=filled),
    Check("activity.turnover", "pandas", lambda s: a_year(s, traded(s, "buy", "sell") / 2), where=filled),
    Check("activity.cost_drag_bp", "pandas", lambda s: a_year(s, costs(s) * 10_000), where=filled),
    Check(
        "activity.costs_of_traded_bp",
        "pandas",
        lambda s: costs(s) / traded(s, "buy", "sell") * 10_000,
        where=filled,
    ),
    Check("activity.exposure", "pandas", lambda s: (s.stock_value / s.prices.iloc[1:]).mean()),
    Check("activity.time_in_market", "pandas", lambda s: (s.stock_value > 0).mean()),
]

# Figures that only the tests beside their code prove: what is given and not computed.
OWN_TESTS = {
    "significance.trials",
    "activity.filled_orders",
    "activity.partial_orders",
    "activity.unfilled_orders",
    "activity.rejected_orders",
}
