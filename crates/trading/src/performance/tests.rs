//! Figures worked out by hand, and what holds for every curve.

use chrono::{NaiveDate, TimeDelta};
use exodus_domain::{Fill, Qty, Side, Symbol, Won};
use proptest::prelude::*;

use super::*;

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date")
}

/// A session a day from 2024-01-01, half of the equity in shares.
fn curve_from(initial: i64, equity: &[i64]) -> EquityCurve {
    let mut curve = EquityCurve::new(Won(initial));
    for (day, equity) in first_day().iter_days().zip(equity) {
        curve.push(day, Won(*equity), Won(equity / 2));
    }
    curve
}

fn curve(equity: &[i64]) -> EquityCurve {
    curve_from(100, equity)
}

fn report_of(curve: &EquityCurve, round_trips: &[RoundTrip], benchmark: Option<&Benchmark>) -> PerformanceReport {
    let (trades, orders) = (&TradeTally::default(), &OrderTally::default());
    PerformanceReport::new(&ReportInputs { curve, trades, orders, round_trips, benchmark, trials: Trials::ONE })
}

fn report(equity: &[i64]) -> PerformanceReport {
    report_of(&curve(equity), &[], None)
}

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-12
}

fn is(left: Option<f64>, right: f64) -> bool {
    left.is_some_and(|left| close(left, right))
}

fn day(number: i64) -> NaiveDate {
    first_day() + TimeDelta::days(number)
}

#[test]
fn headline_figures_of_a_curve_worked_out_by_hand() {
    let metrics = curve(&[110, 99, 108]).metrics(&TradeTally::default());
    // Returns 0.1, −0.1 and 1/11: mean 1/33, deviation √((0.1−m)² + (0.1+m)² + (1/11−m)²)/2).
    let mean: f64 = 1.0 / 33.0;
    let variance = ((0.1 - mean).powi(2) + (0.1 + mean).powi(2) + (1.0 / 11.0 - mean).powi(2)) / 2.0;
    assert!(close(metrics.total_return, 0.08));
    assert!(close(metrics.annual_return, 1.08_f64.powf(365.25 / 3.0) - 1.0));
    assert!(close(metrics.max_drawdown, -0.1));
    assert!(is(metrics.volatility, (variance * 252.0).sqrt()));
    assert!(is(metrics.sharpe_ratio, mean / variance.sqrt() * 252.0_f64.sqrt()));
}

#[test]
fn the_first_loss_is_a_drawdown_from_the_initial_capital() {
    assert!(close(curve(&[90]).points()[0].drawdown, -0.1));
}

#[test]
fn what_is_not_defined_is_none() {
    let flat = curve(&[100, 100, 100]).metrics(&TradeTally::default());
    assert_eq!((flat.volatility, flat.sharpe_ratio, flat.win_rate), (Some(0.0), None, None));
    let single = curve(&[101]).metrics(&TradeTally::default());
    assert_eq!((single.volatility, single.sharpe_ratio), (None, None));
    let empty = curve(&[]).metrics(&TradeTally::default());
    assert_eq!((empty.final_capital, empty.total_return, empty.annual_return), (Won(100), 0.0, 0.0));
}

#[test]
fn a_total_loss_is_annualised_to_minus_one() {
    assert!(close(curve(&[50, 0]).metrics(&TradeTally::default()).annual_return, -1.0));
    assert!(curve(&[i64::MAX]).metrics(&TradeTally::default()).annual_return.is_finite());
}

#[test]
fn only_sells_count_as_wins() {
    let fill = |side| Fill { side, quantity: Qty(1), amount: Won(100), commission: Won(2), tax: Won(1) };
    let mut tally = TradeTally::default();
    tally.add(&fill(Side::Buy), Won(-2));
    tally.add(&fill(Side::Sell), Won(5));
    tally.add(&fill(Side::Sell), Won(0));
    let metrics = curve(&[100]).metrics(&tally);
    assert_eq!((metrics.win_rate, metrics.trades_count), (Some(0.5), 3));
    assert_eq!((metrics.commission, metrics.tax), (Won(6), Won(3)));
    assert_eq!((tally.bought, tally.sold), (Won(100), Won(200)));
}

#[test]
fn a_drawdown_has_its_dates() {
    let found = report(&[99, 120, 108, 90, 119, 120, 114]).drawdowns;
    let deepest = Drawdown {
        peak: Some(day(1)),
        start: day(2),
        trough: day(3),
        end: day(4),
        recovery: Some(day(5)),
        depth: 90.0 / 120.0 - 1.0,
        sessions: 3,
        sessions_to_trough: 2,
        days: 3,
    };
    assert_eq!(found[0], deepest);
    assert_eq!((found[1].peak, found[1].recovery), (Some(day(5)), None));
    assert_eq!((found[2].peak, found[2].start, found[2].recovery), (None, day(0), Some(day(1))));
    assert_eq!(found.len(), 3);
}

#[test]
fn a_report_lists_ten_drawdowns_and_counts_all() {
    let equity: Vec<i64> = (1..=12).flat_map(|fall| [1_000, 1_000 - fall]).collect();
    let report = report(&equity);
    assert_eq!((report.drawdowns.len(), report.drawdown.drawdowns), (10, 12));
    assert!(close(report.drawdowns[0].depth, -0.012) && close(report.drawdowns[9].depth, -0.003));
}

#[test]
fn months_and_years_start_from_the_last_session_before() {
    let mut curve = EquityCurve::new(Won(100));
    for (date, equity) in [("2023-12-28", 110), ("2024-01-02", 121), ("2024-01-31", 99), ("2024-03-04", 198)] {
        curve.push(date.parse().expect("a date"), Won(equity), Won(0));
    }
    let report = report_of(&curve, &[], None);
    let months: Vec<_> = report.months.iter().map(|month| (month.year, month.month)).collect();
    assert_eq!(months, [(2023, 12), (2024, 1), (2024, 3)]);
    assert!(close(report.months[1].total_return, 99.0 / 110.0 - 1.0) && close(report.months[2].total_return, 1.0));
    assert!(close(report.years[0].total_return, 0.1) && close(report.years[1].total_return, 0.8));
    assert!(is(report.returns.positive_months, 2.0 / 3.0) && is(report.returns.best_year, 0.8));
}

#[test]
fn a_benchmark_is_compared_from_the_level_before_the_first_session() {
    // No level on the second session: the one before is carried on.
    let levels = vec![(day(-3), 1_000.0), (day(0), 1_100.0), (day(2), 1_045.0)];
    let benchmark = Benchmark { name: "KOSPI".to_owned(), levels };
    let figures = report_of(&curve(&[120, 120, 108]), &[], Some(&benchmark)).benchmark.expect("three sessions");
    assert_eq!(figures.sessions, 3);
    assert!(close(figures.total_return, 0.045) && close(figures.excess_return, 0.08 - 0.045));
    assert!(is(figures.beta, 2.0) && is(figures.correlation, 1.0));
    assert!(is(figures.up_capture, (1.2_f64.powi(252) - 1.0) / (1.1_f64.powi(252) - 1.0)));

    let later = Benchmark { levels: vec![(day(1), 1_000.0), (day(2), 1_045.0)], ..benchmark.clone() };
    let figures = report_of(&curve(&[120, 120, 108]), &[], Some(&later)).benchmark.expect("one session");
    assert_eq!((figures.sessions, figures.beta), (1, None));
    assert!(close(figures.excess_return, -0.1 - 0.045));

    let never = Benchmark { levels: Vec::new(), ..benchmark };
    assert_eq!(report_of(&curve(&[120]), &[], Some(&never)).benchmark, None);
}

#[test]
fn a_session_has_no_say_in_its_own_regime() {
    // 61 levels rise by 5 % in all, then the market crashes; the crash itself still falls into the bull market.
    let mut equity: Vec<i64> = (1..=60).map(|step| 10_000 + step * 500 / 60).collect();
    equity.extend([5_000, 5_000]);
    let regimes = report_of(&curve_from(10_000, &equity), &[], None).regimes;
    assert_eq!((regimes.of_benchmark, regimes.unknown_sessions), (false, 60));
    let sessions: Vec<_> = regimes.figures.iter().map(|own| (own.regime, own.sessions)).collect();
    assert_eq!(sessions, [(Regime::Bull, 1), (Regime::Bear, 1), (Regime::Sideways, 0)]);
    assert!(close(regimes.figures[0].total_return, 5_000.0 / 10_500.0 - 1.0));
}

#[test]
fn rolling_windows_stand_at_week_ends_and_at_the_last_session() {
    let equity: Vec<i64> = (0..70).map(|step| 10_000 + step % 7).collect();
    let curve = curve_from(10_000, &equity);
    let rolling = report_of(&curve, &[], None).rolling;
    assert_eq!(rolling.iter().map(|window| window.sessions).collect::<Vec<_>>(), [63, 126, 252]);
    // 2024-01-01 was a Monday: sessions 63 and 70 are the Sundays from the 63rd on.
    let dates: Vec<_> = rolling[0].points.iter().map(|point| point.date).collect();
    assert_eq!(dates, [day(62), day(69)]);
    assert!(close(rolling[0].points[1].total_return, 10_006.0 / 10_006.0 - 1.0));
    assert!(rolling[1].points.is_empty() && rolling[2].points.is_empty());
}

fn trip(opened: i64, closed: Option<i64>, pnl: i64, mae: Option<i64>) -> RoundTrip {
    let at = |day_number| exodus_domain::Bar::day_start(day(day_number));
    RoundTrip {
        symbol: "005930".parse::<Symbol>().expect("a valid code"),
        opened_at: at(opened),
        closed_at: closed.map(at),
        shares_bought: Qty(1),
        shares_sold: Qty(i64::from(closed.is_some())),
        bought: Won(1_000),
        sold: Won(1_000 + pnl),
        costs: Won(0),
        pnl: Won(pnl),
        mae: mae.map(Won),
        mfe: mae.map(|mae| Won(-mae)),
    }
}

#[test]
fn trip_figures_worked_out_by_hand() {
    let trips = [
        trip(0, Some(1), 30, Some(-10)),
        trip(0, Some(3), 10, Some(0)),
        trip(2, Some(4), -20, Some(-50)),
        trip(2, Some(8), 0, None),
        trip(5, None, -900, Some(-900)),
    ];
    let figures = report_of(&curve(&[100]), &trips, None).trips;
    assert_eq!((figures.closed, figures.open), (4, 1));
    assert!(is(figures.win_rate, 0.5) && is(figures.profit_factor, 2.0) && is(figures.payoff_ratio, 1.0));
    assert_eq!(
        (figures.expectancy, figures.average_win, figures.average_loss),
        (Some(Won(5)), Some(Won(20)), Some(Won(-20)))
    );
    assert_eq!((figures.largest_win, figures.largest_loss), (Some(Won(30)), Some(Won(-20))));
    assert!(is(figures.expectancy_return, 0.005));
    // Gains 30, 10, −20, 0 around 5: squares 625 + 25 + 625 + 25 = 1300.
    assert!(is(figures.system_quality_number, 2.0 * 5.0 / (1_300.0_f64 / 3.0).sqrt()));
    assert_eq!((figures.longest_winning_streak, figures.longest_losing_streak), (2, 1));
    assert!(is(figures.average_holding_days, 3.0) && is(figures.median_holding_days, 2.5));
    assert!(is(figures.longest_holding_days, 6.0));
    assert!(is(figures.average_mae, -0.02) && is(figures.average_mfe, 0.02) && is(figures.worst_mae, -0.05));
}

#[test]
fn activity_is_measured_by_the_year() {
    let mut orders = OrderTally::default();
    orders.ended(Qty(10), Qty(10));
    orders.ended(Qty(10), Qty(3));
    orders.ended(Qty(10), Qty(0));
    orders.rejected();
    let trades =
        TradeTally { bought: Won(100), sold: Won(60), commission: Won(1), tax: Won(1), ..TradeTally::default() };
    let mut curve = EquityCurve::new(Won(200));
    curve.push(day(0), Won(190), Won(95));
    curve.push(day(1), Won(210), Won(0));
    let inputs = ReportInputs {
        curve: &curve,
        trades: &trades,
        orders: &orders,
        round_trips: &[],
        benchmark: None,
        trials: Trials::ONE,
    };
    let figures = PerformanceReport::new(&inputs).activity;
    assert!(is(figures.turnover, 80.0 / 200.0 * 126.0));
    assert!(is(figures.exposure, 0.25) && is(figures.time_in_market, 0.5));
    assert_eq!(figures.costs, Won(2));
    assert!(is(figures.costs_of_traded_bp, 125.0) && is(figures.cost_drag_bp, 100.0 * 126.0));
    let counts = [figures.filled_orders, figures.partial_orders, figures.unfilled_orders, figures.rejected_orders];
    assert_eq!(counts, [1; 4]);
}

#[test]
fn every_figure_states_its_convention_once() {
    let report = report(&[101, 99]);
    let mut names: Vec<_> = report.conventions.iter().map(|convention| convention.figure.clone()).collect();
    assert!(report.conventions.iter().all(|convention| convention.text.ends_with('.')));
    assert!(names.contains(&"risk.sharpe_ratio".into()));
    names.sort();
    names.dedup();
    assert_eq!(names.len(), report.figures().len());
}

/// Curves of all lengths, with and without falls, up to a loss of everything.
fn curves() -> impl Strategy<Value = EquityCurve> {
    let equity = prop_oneof![Just(0i64), Just(1_000_000), 1i64..10_000_000];
    prop::collection::vec(equity, 0..90).prop_map(|equity| curve_from(1_000_000, &equity))
}

proptest! {
    /// No curve gives NaN or an infinity, and a report survives being written down and read.
    #[test]
    fn every_figure_is_a_number_or_none(curve in curves(), pnl in prop::collection::vec(-50i64..50, 0..5)) {
        let trips: Vec<_> = pnl.iter().map(|pnl| trip(0, Some(1), *pnl, None)).collect();
        let levels = curve.points().iter().map(|point| (point.date, 1_000.0 + (point.equity.0 % 7) as f64)).collect();
        let benchmark = Benchmark { name: "KOSPI".to_owned(), levels };
        let report = report_of(&curve, &trips, Some(&benchmark));
        for figure in report.figures() {
            prop_assert!(figure.value.is_none_or(f64::is_finite), "{figure:?}");
        }
        for (id, value) in curve.metrics(&TradeTally::default()).in_report() {
            let figure = report.figures().into_iter().find(|figure| format!("{}.{}", figure.group, figure.name) == id);
            prop_assert_eq!(figure.map(|figure| figure.value), Some(value), "{}", id);
        }
        let text = serde_json::to_string(&report).expect("a report is plain data");
        prop_assert_eq!(serde_json::from_str::<PerformanceReport>(&text).expect("what was written"), report);
    }

    /// Scaling an account changes no ratio.
    #[test]
    fn ratios_do_not_depend_on_the_size_of_the_account(equity in prop::collection::vec(500i64..2_000, 2..60)) {
        let large: Vec<i64> = equity.iter().map(|equity| equity * 1_024).collect();
        let (small, large) = (report(&equity), report_of(&curve_from(102_400, &large), &[], None));
        prop_assert_eq!((small.risk, small.drawdown, small.returns), (large.risk, large.drawdown, large.returns));
    }
}
