//! The report of a run, worked out by hand for the week of the golden runs.

use exodus_backtest::BacktestResult;
use exodus_domain::{Qty, Won};
use exodus_trading::{Benchmark, OrderTally, RoundTrip, Trials};

use crate::fixture::{changed, date, finished, kst, momentum, series, spec, symbol};

const A: &str = "000010";

/// Bought on Wednesday at 10,200, sold on Monday at 10,000; 6 June 2024 was a holiday.
fn week(volume_of_the_buy: i64) -> BacktestResult {
    let bars = series(
        A,
        &[
            ("2024-06-03", 10_000, 10_000),
            ("2024-06-04", 10_000, 10_100),
            ("2024-06-05", 10_200, 10_300),
            ("2024-06-07", 10_300, 10_250),
            ("2024-06-10", 10_000, 9_000),
            ("2024-06-11", 10_000, 9_900),
        ],
    );
    let bars = changed(&bars, |bars| {
        bars[2].low.0 = 10_150;
        bars[2].volume.0 = volume_of_the_buy;
        bars[3].high.0 = 10_450;
    });
    finished(&spec(momentum(1, 0.0, 0.0, 50.0), &[A], 1_000_000), &[bars])
}

#[test]
fn a_round_trip_carries_its_excursions() {
    let result = week(1_000_000);
    // The low of the day it was sold, 9,000, came after the sale at the open: the lowest mark is the sale itself,
    // 49 × −200 less the 70 won of the buy and the 950 of the sale. The highest is 49 × 250 less 70.
    let trip = RoundTrip {
        symbol: symbol(A),
        opened_at: kst("2024-06-05T09:00:00"),
        closed_at: Some(kst("2024-06-10T09:00:00")),
        shares_bought: Qty(49),
        shares_sold: Qty(49),
        bought: Won(499_800),
        sold: Won(490_000),
        costs: Won(70 + 950),
        pnl: Won(-10_820),
        mae: Some(Won(-10_820)),
        mfe: Some(Won(12_180)),
    };
    assert_eq!(result.round_trips, [trip]);
    let figures = result.report.trips;
    assert_eq!((figures.closed, figures.average_holding_days, figures.profit_factor), (1, Some(5.0), Some(0.0)));
}

#[test]
fn orders_and_costs_are_counted() {
    let result = week(309);
    assert_eq!(result.orders, OrderTally { filled: 1, partial: 1, unfilled: 0, rejected: 0 });
    let activity = result.report.activity;
    let (metrics, traded) = (&result.metrics, (30 * 10_200 + 30 * 10_000) as f64);
    let costs = metrics.commission + metrics.tax;
    assert_eq!((activity.costs, activity.partial_orders), (costs, 1));
    assert_eq!(activity.costs_of_traded_bp, Some(costs.0 as f64 * 10_000.0 / traded));
    // Held at the end of two sessions of six.
    assert_eq!(activity.time_in_market, Some(2.0 / 6.0));
}

#[test]
fn a_result_can_be_measured_again_against_a_benchmark() {
    let mut result = week(1_000_000);
    let alone = result.report.clone();
    let own = result.equity.iter().map(|point| (point.date, point.equity.0 as f64));
    let levels = std::iter::once((date("2024-05-31"), 1_000_000.0)).chain(own).collect();
    let itself = Benchmark { name: "itself".to_owned(), levels };
    result.measure(Some(&itself), Trials { count: 20, sharpe_variance: None });

    let against = result.report.benchmark.expect("a level for each session");
    assert!((against.beta.expect("it varies") - 1.0).abs() < 1e-12 && against.excess_return.abs() < 1e-12);
    let believed = |report: &exodus_trading::PerformanceReport| report.significance.deflated_sharpe_ratio;
    assert!(believed(&result.report) < believed(&alone));
    assert_eq!((alone.benchmark, &alone.benchmark_name), (None, &None));
    assert_eq!((result.report.trips, result.report.activity), (alone.trips, alone.activity));
}
