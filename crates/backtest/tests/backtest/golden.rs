//! Runs over invented bars whose amounts were worked out by hand.

use exodus_backtest::{BacktestError, BarSeries, Flow, Note, run};
use exodus_domain::{Bar, Won};
use exodus_trading::{TradedIssue, validate};
use serde_json::json;

use crate::fixture::{bar, changed, date, equity, finished, issue, kst, momentum, rows, series, spec, symbol};

const A: &str = "000010";
const B: &str = "000020";

/// A week with the holiday of 6 June 2024 in it: up, up, down.
fn week() -> BarSeries {
    series(
        A,
        &[
            ("2024-06-03", 10_000, 10_000),
            ("2024-06-04", 10_000, 10_100),
            ("2024-06-05", 10_200, 10_300),
            ("2024-06-07", 10_300, 10_250),
            ("2024-06-10", 10_000, 10_000),
            ("2024-06-11", 10_000, 9_900),
        ],
    )
}

fn buy(code: &str, quantity: i64, price: i64, commission: i64) -> crate::fixture::Row {
    (code.to_owned(), "buy", quantity, price, commission, 0, None)
}

#[test]
fn a_round_trip_is_exact_to_the_won() {
    let result = finished(&spec(momentum(1, 0.0, 0.0, 50.0), &[A], 1_000_000), &[week()]);
    // Half of 1,000,000 buys 49 shares at the close of 10,100, filled at the next open of 10,200: 499,800 and
    // ⌊70.2⌋ commission. Sold at 10,000: 490,000 less ⌊68.9⌋ commission, ⌊147⌋ tax of 0.03 % and ⌊735⌋ of 0.15 %.
    let sell = (A.to_owned(), "sell", 49, 10_000, 68, 147 + 735, Some(490_000 - 68 - 882 - 499_800));
    assert_eq!(rows(&result), [buy(A, 49, 10_200, 70), sell]);
    let expected = [
        ("2024-06-03", 1_000_000),
        ("2024-06-04", 1_000_000),
        ("2024-06-05", 1_000_000 - 499_870 + 49 * 10_300),
        ("2024-06-07", 1_000_000 - 499_870 + 49 * 10_250),
        ("2024-06-10", 1_000_000 - 499_870 + 489_050),
        ("2024-06-11", 989_180),
    ];
    assert_eq!(equity(&result), expected.map(|(day, won)| (date(day), won)));
    let metrics = result.metrics;
    assert_eq!((metrics.final_capital, metrics.trades_count, metrics.win_rate), (Won(989_180), 2, Some(0.0)));
    assert_eq!((metrics.commission, metrics.tax), (Won(138), Won(882)));
    assert_eq!(result.manifest.notes, [Note::AdjustedPricesNoTickCheck, Note::WarmUpInsidePeriod]);
    assert_eq!(result.trades[0].executed_at, kst("2024-06-05T09:00:00"));
}

#[test]
fn a_fill_that_cash_does_not_pay_is_cut_to_what_it_pays() {
    // All of 1,000,000 buys 99 shares at 10,100, or 98 with 0.5 % in reserve. At the open of 10,500 cash pays 95:
    // 997,500 and 140 commission.
    let bars = [("2024-06-03", 10_000, 10_000), ("2024-06-04", 10_000, 10_100), ("2024-06-05", 10_500, 10_600)];
    let result = finished(&spec(momentum(1, 0.0, 0.0, 100.0), &[A], 1_000_000), &[series(A, &bars)]);
    assert_eq!(rows(&result), [buy(A, 95, 10_500, 140)]);
    assert!(result.manifest.notes.contains(&Note::OrdersCutToCash));
    assert_eq!(equity(&result)[2].1, 1_000_000 - 997_640 + 95 * 10_600);
}

#[test]
fn an_order_takes_no_more_than_a_tenth_of_the_volume() {
    let thin = changed(&week(), |bars| bars[2].volume.0 = 309);
    let result = finished(&spec(momentum(1, 0.0, 0.0, 50.0), &[A], 1_000_000), &[thin]);
    assert_eq!(rows(&result)[0], buy(A, 30, 10_200, 43));
    assert_eq!(rows(&result)[1].2, 30, "what was filled is sold");
    assert!(result.manifest.notes.contains(&Note::OrdersCutToVolume));
}

/// The halted day ends the order. The close after the halt is decided on anew.
#[test]
fn a_halted_day_gives_the_same_trades_whether_the_data_keep_it_or_leave_it_out() {
    let rising = [
        ("2024-06-03", 10_000, 10_000),
        ("2024-06-04", 10_000, 10_100),
        ("2024-06-07", 10_200, 10_300),
        ("2024-06-10", 10_400, 10_500),
    ];
    let left_out = series(A, &rising);
    let kept = changed(&left_out, |bars| bars.insert(2, bar(date("2024-06-05"), [0, 0, 0, 10_100, 0])));
    let spec = spec(momentum(1, 0.0, 0.0, 50.0), &[A], 1_000_000);
    for series in [left_out, kept] {
        let result = finished(&spec, &[series]);
        assert_eq!(rows(&result), [buy(A, 48, 10_400, 70)]);
        assert!(result.manifest.notes.contains(&Note::OrdersUnfilled));
    }
}

#[test]
fn an_order_on_minute_bars_ends_with_its_day() {
    let strategy = validate("momentum", &json!({ "interval": "1m", "lookback": 1, "entry_threshold_percent": 0 }));
    let spec = spec(strategy.expect("valid parameters"), &[A], 1_000_000);
    let minute =
        |time, price| Bar { open_time: kst(time), ..bar(date("2024-06-03"), [price, price, price, price, 1_000]) };
    let rise = [minute("2024-06-03T14:00:00", 10_000), minute("2024-06-03T14:01:00", 10_100)];
    let filled_at = |next| {
        let bars = rise.into_iter().chain([minute(next, 10_050)]);
        let series = BarSeries::new(symbol(A), bars).expect("bars in order");
        let result = finished(&spec, &[series]);
        result.trades.first().map(|trade| trade.executed_at)
    };
    assert_eq!(filled_at("2024-06-03T15:00:00"), Some(kst("2024-06-03T15:00:00")));
    assert_eq!(filled_at("2024-06-04T09:00:00"), None);
}

#[test]
fn a_bar_locked_at_its_limit_sells_nothing_to_a_buyer() {
    let rows_of_a = [
        ("2024-06-03", 10_000, 10_000),
        ("2024-06-04", 10_000, 10_100),
        ("2024-06-05", 13_130, 13_130),
        ("2024-06-07", 14_000, 14_100),
    ];
    let as_traded = |adjusted| {
        let mut spec = spec(momentum(1, 0.0, 0.0, 50.0), &[A], 1_000_000);
        spec.issues = vec![TradedIssue { adjusted, ..issue(A) }];
        finished(&spec, &[series(A, &rows_of_a)])
    };
    let raw = as_traded(false);
    assert_eq!(rows(&raw), [buy(A, 38, 14_000, 74)]);
    let expected = [Note::RawPricesJumpAtCorporateActions, Note::OrdersUnfilled, Note::WarmUpInsidePeriod];
    assert_eq!(raw.manifest.notes, expected);
    assert_eq!(rows(&as_traded(true)), [buy(A, 49, 13_130, 90)]);
}

#[test]
fn a_sale_pays_for_a_buy_at_the_same_open() {
    let a = [
        ("2024-06-03", 100, 100),
        ("2024-06-04", 100, 100),
        ("2024-06-05", 100, 100),
        ("2024-06-07", 100, 120),
        ("2024-06-10", 150, 150),
    ];
    let b = [
        ("2024-06-03", 100, 100),
        ("2024-06-04", 100, 110),
        ("2024-06-05", 110, 120),
        ("2024-06-07", 120, 90),
        ("2024-06-10", 100, 100),
    ];
    let spec = spec(momentum(1, 0.0, 0.0, 60.0), &[B, A], 100_000);
    let result = finished(&spec, &[series(B, &b), series(A, &a)]);
    // B leaves 40,042 won, which is 331 of A at 120 with 0.5 % in reserve. At the open of 150 they cost 49,656, more
    // than there was before B was sold.
    let sale = (B.to_owned(), "sell", 545, 100, 7, 16 + 81, Some(54_500 - 7 - 97 - 59_950));
    assert_eq!(rows(&result), [buy(B, 545, 110, 8), sale, buy(A, 331, 150, 6)]);
}

#[test]
fn issues_are_sized_by_equity_at_the_same_close() {
    // Both double their price on the same day B is held; A's size must count B's new value, not yesterday's.
    let a = [
        ("2024-06-03", 100, 100),
        ("2024-06-04", 100, 100),
        ("2024-06-05", 100, 100),
        ("2024-06-07", 100, 101),
        ("2024-06-10", 101, 101),
    ];
    let b = [
        ("2024-06-03", 100, 100),
        ("2024-06-04", 100, 101),
        ("2024-06-05", 100, 102),
        ("2024-06-07", 102, 204),
        ("2024-06-10", 204, 204),
    ];
    let result = finished(&spec(momentum(1, 0.0, 0.0, 10.0), &[A, B], 1_000_000), &[series(A, &a), series(B, &b)]);
    // 990 of B at 100 less 13 won, worth 204 at the decision: a tenth of 1,102,947 buys 1,092 of A at 101.
    assert_eq!(rows(&result)[..2], [buy(B, 990, 100, 13), buy(A, 1_092, 101, 15)]);
}

#[test]
fn bars_before_the_period_only_warm_up() {
    let mut late = spec(momentum(1, 0.0, 0.0, 50.0), &[A], 1_000_000);
    late.from = date("2024-06-05");
    let result = finished(&late, &[week()]);
    // The first decision falls on the first session of the period: 10,300 after 10,100.
    assert_eq!(rows(&result)[0], buy(A, 48, 10_300, 69));
    assert_eq!(equity(&result)[0], (date("2024-06-05"), 1_000_000));
    assert_eq!(result.manifest.bars, 6);
    assert!(!result.manifest.notes.contains(&Note::WarmUpInsidePeriod));
}

#[test]
fn a_position_without_further_bars_stays_valued_at_its_last_close() {
    let ended = series(A, &[("2024-06-03", 100, 100), ("2024-06-04", 100, 110), ("2024-06-05", 110, 120)]);
    let going_on = series(B, &[("2024-06-03", 100, 100), ("2024-06-05", 100, 100), ("2024-06-10", 100, 100)]);
    let result = finished(&spec(momentum(1, 0.0, 0.0, 50.0), &[A, B], 100_000), &[ended, going_on]);
    // Half of 100,000 is 454 shares at 110: 49,940 and 7 won.
    assert_eq!(equity(&result).last(), Some(&(date("2024-06-10"), 100_000 - 49_947 + 454 * 120)));
    assert!(result.manifest.notes.contains(&Note::HeldBeyondLastBar));
}

#[test]
fn bars_that_cannot_be_a_history_are_refused() {
    let (monday, tuesday) = (date("2024-06-03"), date("2024-06-04"));
    let at = Bar::day_start(monday);
    let refused = |bars: [Bar; 2]| BarSeries::new(symbol(A), bars).expect_err("refused");
    let good = [monday, tuesday].map(|day| bar(day, [10_000, 10_000, 10_000, 10_000, 1_000]));
    assert!(BarSeries::new(symbol(A), good).is_ok());
    assert_eq!(refused([good[1], good[0]]), BacktestError::OutOfOrder { symbol: symbol(A), at });
    assert_eq!(refused([good[0], good[0]]), BacktestError::OutOfOrder { symbol: symbol(A), at });
    for price in [-1, 1 << 32] {
        let impossible = bar(monday, [10_000, price, 10_000, 10_000, 1_000]);
        assert_eq!(refused([impossible, good[1]]), BacktestError::Price { symbol: symbol(A), at });
    }
}

#[test]
fn progress_rises_to_one_and_can_stop_the_run() {
    let spec = spec(momentum(1, 0.0, 0.0, 50.0), &[A], 1_000_000);
    let mut seen = Vec::new();
    let mut watch = |part: f64| {
        seen.push(part);
        Flow::Continue
    };
    run(&spec, &[week()], &mut watch).expect("a result");
    assert!(seen.is_sorted() && seen.last() == Some(&1.0), "{seen:?}");
    let mut calls = 0;
    let cancelled = run(&spec, &[week()], &mut |_| {
        calls += 1;
        Flow::Cancel
    });
    assert_eq!((cancelled, calls), (Err(BacktestError::Cancelled), 1));
}

#[test]
fn the_result_travels_as_json() {
    let result = finished(&spec(momentum(1, 0.0, 0.0, 50.0), &[A], 1_000_000), &[week()]);
    let json = serde_json::to_value(&result).expect("JSON");
    assert_eq!(json["metrics"]["final_capital"], 989_180);
    assert_eq!(json["equity"][0]["date"], "2024-06-03");
    assert_eq!(json["trades"][0]["realized_pnl"], serde_json::Value::Null);
    assert_eq!(json["manifest"]["notes"][0], "adjusted_prices_no_tick_check");
    assert_eq!(serde_json::from_value::<exodus_backtest::BacktestResult>(json).expect("the same"), result);
}
