//! Exits whatever the rule says, through a backtest.

use exodus_backtest::{BacktestResult, BacktestSpec, BarSeries, FillModel, FillTiming, Slippage};
use exodus_trading::{Strategy, validate};
use serde_json::{Value, json};

use crate::fixture::{bar, date, finished, kst, series, spec, symbol};

const A: &str = "000010";
const DAYS: [&str; 7] =
    ["2024-06-03", "2024-06-04", "2024-06-05", "2024-06-07", "2024-06-10", "2024-06-11", "2024-06-12"];

/// Buys after a rise of more than one percent in a day, never sells by its rule, and has these exits.
fn with_exits(exits: &Value) -> Strategy {
    let mut parameters = json!({ "lookback": 1, "entry_threshold_percent": 1, "exit_threshold_percent": -90,
        "position_size_percent": 50 });
    parameters.as_object_mut().expect("an object").extend(exits.as_object().expect("an object").clone());
    validate("momentum", &parameters).expect("valid parameters")
}

/// Two days that make the strategy buy, and then `bars` of open, high, low and close.
fn days(bars: &[[i64; 4]]) -> BarSeries {
    let before = [[10_000; 4], [10_000, 10_200, 10_000, 10_200]];
    let all = before.iter().chain(bars).zip(DAYS);
    let bars = all.map(|([open, high, low, close], day)| bar(date(day), [*open, *high, *low, *close, 1_000_000]));
    BarSeries::new(symbol(A), bars).expect("bars in order")
}

/// Date and price of the first sale, if there was one.
fn sold(result: &BacktestResult) -> Option<(String, i64)> {
    let sale = result.trades.get(1)?;
    Some((exodus_domain::kst_date(sale.executed_at).to_string(), sale.price.0))
}

fn run(exits: &Value, bars: &[[i64; 4]]) -> BacktestResult {
    finished(&spec(with_exits(exits), &[A], 1_000_000), &[days(bars)])
}

fn on(day: usize, price: i64) -> Option<(String, i64)> {
    Some((DAYS[day].to_owned(), price))
}

/// Bought at the open of the third day, 10,200; a bar that closes beyond an exit is sold at the next open.
#[test]
fn exits_at_the_close_are_those_of_every_type() {
    let still = [10_200; 4];
    let fall = [10_200, 10_200, 9_000, 9_690];
    let next = [9_700, 9_700, 9_700, 9_700];
    assert_eq!(sold(&run(&json!({ "stop_loss_percent": 5 }), &[still, fall, next])), on(4, 9_700));
    assert_eq!(sold(&run(&json!({ "stop_loss_percent": 5.01 }), &[still, fall, next])), None, "the low does not count");
    assert_eq!(sold(&run(&json!({ "trailing_stop_percent": 5 }), &[still, fall, next])), on(4, 9_700));
    assert_eq!(
        sold(&run(&json!({ "take_profit_percent": 2 }), &[still, [10_200, 10_404, 10_200, 10_404], still])),
        on(4, 10_200)
    );
    assert_eq!(sold(&run(&json!({ "max_holding_bars": 2 }), &[still, still, still])), on(4, 10_200));
    assert_eq!(sold(&run(&json!({ "max_holding_bars": 1 }), &[still, still, still])), on(3, 10_200));
    assert_eq!(sold(&run(&json!({ "max_holding_bars": 3 }), &[still, still, still])), None, "no bar is left");
}

#[test]
fn an_exit_within_the_bar_is_met_at_its_level_or_at_the_open_beyond_it() {
    let exits = json!({ "stop_loss_percent": 5, "take_profit_percent": 10, "exit_check": "intraday" });
    let still = [10_200; 4];
    let rows: [([i64; 4], i64, &str); 5] = [
        ([10_200, 10_300, 9_600, 10_100], 9_690, "at the level"),
        ([9_500, 9_600, 9_400, 9_600], 9_500, "it opened below"),
        ([10_200, 11_300, 10_100, 11_000], 11_220, "at the profit"),
        ([11_500, 11_500, 11_300, 11_400], 11_500, "it opened above"),
        ([10_200, 11_300, 9_000, 10_200], 9_690, "both on one bar: the stop"),
    ];
    for (day, price, story) in rows {
        assert_eq!(sold(&run(&exits, &[still, day, still])), on(3, price), "{story}");
    }
    assert_eq!(sold(&run(&exits, &[still, [10_200, 11_219, 9_691, 10_200], still])), None, "touched by neither end");
    assert_eq!(sold(&run(&exits, &[[10_200, 10_200, 9_600, 9_700], still])), on(2, 9_690), "on the day of the entry");
}

/// The mark is the highest close of the days before: what the bar itself does with its close is not known within it.
#[test]
fn a_trailing_stop_within_the_bar_goes_by_the_closes_before_it() {
    let exits = json!({ "trailing_stop_percent": 10, "exit_check": "intraday" });
    let rise = [10_200, 13_000, 10_200, 12_000];
    assert_eq!(sold(&run(&exits, &[rise, [12_000, 14_000, 10_800, 14_000]])), on(3, 10_800));
    assert_eq!(sold(&run(&exits, &[rise, [12_000, 14_000, 10_801, 14_000], [14_000, 14_000, 12_601, 13_000]])), None);
    assert_eq!(sold(&run(&exits, &[[10_200, 20_000, 10_000, 10_500]])), None, "no close has been since the entry");
}

fn with_fill(exits: &Value, fill: FillModel, bars: &[[i64; 4]]) -> BacktestResult {
    let spec = spec(with_exits(exits), &[A], 1_000_000);
    finished(&BacktestSpec { fill, ..spec }, &[days(bars)])
}

#[test]
fn the_way_of_the_entry_tells_what_of_its_bar_came_after_it() {
    let exits = json!({ "stop_loss_percent": 5, "take_profit_percent": 2, "exit_check": "intraday" });
    let still = [10_200; 4];
    // Bought in the closing auction: the day before it is not held.
    let auction = FillModel { timing: FillTiming::ClosingAuction, ..FillModel::default() };
    let wild = [10_200, 11_000, 9_000, 10_200];
    let result = with_fill(&exits, auction, &[wild, [10_300, 10_350, 9_600, 10_200]]);
    assert_eq!(sold(&result), on(3, 9_690));
    assert!(result.trades[1].executed_at < kst("2024-06-07T15:30:00"), "before the auction");
    // Bought on the way down to a limit of 10,200: the high came before, the low after.
    let limit = FillModel { timing: FillTiming::LimitWithinBar, ..FillModel::default() };
    assert_eq!(sold(&with_fill(&exits, limit, &[[10_300, 11_000, 10_100, 10_300], still])), None);
    assert_eq!(sold(&with_fill(&exits, limit, &[[10_300, 11_000, 9_600, 10_300], still])), on(2, 9_690));
}

#[test]
fn an_exit_within_the_bar_pays_slippage_and_shares_the_volume() {
    let exits = json!({ "stop_loss_percent": 5, "exit_check": "intraday" });
    let fall = [10_200, 10_200, 9_600, 10_100];
    let slow = FillModel { slippage: Slippage::BasisPoints(100), ..FillModel::default() };
    // Bought at 10,302 with slippage; 5 % below are 9,786.9.
    assert_eq!(sold(&with_fill(&exits, slow, &[[10_200; 4], fall])), on(3, 9_688));
    // A bar with room for 20 of 49 shares, and one that opens below the level.
    let bars = days(&[[10_200; 4], fall, [9_000, 9_100, 9_000, 9_100]]);
    let bars = crate::fixture::changed(&bars, |bars| bars[3].volume = exodus_domain::Qty(200));
    let result = finished(&spec(with_exits(&exits), &[A], 1_000_000), &[bars]);
    let sales: Vec<_> = result.trades[1..].iter().map(|trade| (trade.quantity.0, trade.price.0)).collect();
    assert_eq!(sales, [(20, 9_690), (29, 9_000)]);
}

/// What a strategy has as parameters and what a document has as its `risk` is the same code.
#[test]
fn a_document_and_a_built_in_strategy_are_stopped_alike() {
    let document = "version: \"1.0\"
metadata: {name: 상승}
strategy:
  id: rise
  entry: {conditions: [{indicator: change, operator: greater_than, compare_to: 1}]}
  exit: {conditions: [{indicator: close, operator: less_than, compare_to: 1}]}
risk:
  stop_loss: {enabled: true, percent: 5}
  take_profit: {enabled: true, percent: 7}
  trailing_stop: {enabled: true, percent: 6}
";
    let text = document.replace(
        "entry: {conditions: [{indicator: change,",
        "indicators: [{id: change, alias: change}]\n  entry: {conditions: [{indicator: change,",
    );
    for check in ["close", "intraday"] {
        let parameters =
            json!({ "document": text, "position_size_percent": 50, "max_holding_bars": 4, "exit_check": check });
        let rules = validate("rules", &parameters).expect("a document without errors");
        let built_in = with_exits(&json!({ "stop_loss_percent": 5, "take_profit_percent": 7,
            "trailing_stop_percent": 6, "max_holding_bars": 4, "exit_check": check }));
        let closes: Vec<(String, i64, i64)> = (0..200_i64)
            .map(|n| {
                let day = date("2023-01-02") + chrono::TimeDelta::days(n);
                let close = |n: i64| 10_000 + (n * n * 37) % 2_501;
                (day.to_string(), close((n - 1).max(0)), close(n))
            })
            .collect();
        let bars: Vec<(&str, i64, i64)> =
            closes.iter().map(|(day, open, close)| (day.as_str(), *open, *close)).collect();
        let bars = [series(A, &bars)];
        let of = |strategy| finished(&spec(strategy, &[A], 100_000_000), &bars);
        let (one, other) = (of(rules), of(built_in));
        assert!(one.trades.len() > 40, "{} trades", one.trades.len());
        assert_eq!(one.manifest.result_fingerprint, other.manifest.result_fingerprint, "{check}");
    }
}
