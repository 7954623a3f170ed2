//! Fill models and several strategies, worked out by hand.

use exodus_backtest::{BacktestResult, BacktestSpec, BarSeries, FillModel, FillTiming, Note, Slippage, StrategySpec};
use exodus_domain::{Bar, Price, Qty, Won};
use exodus_trading::{TradedIssue, validate};
use serde_json::json;

use crate::fixture::{Row, bar, changed, date, equity, finished, issue, kst, momentum, rows, series, spec, symbol};

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

fn half(fill: FillModel, adjusted: bool) -> BacktestSpec {
    let issues = vec![TradedIssue { adjusted, ..issue(A) }];
    BacktestSpec { fill, issues, ..spec(momentum(1, 0.0, 0.0, 50.0), &[A], 1_000_000) }
}

fn timed(timing: FillTiming) -> FillModel {
    FillModel { timing, ..FillModel::default() }
}

fn slipping(slippage: Slippage) -> FillModel {
    FillModel { slippage, ..FillModel::default() }
}

fn buy(quantity: i64, price: i64, commission: i64) -> Row {
    (A.to_owned(), "buy", quantity, price, commission, 0, None)
}

fn prices(result: &BacktestResult) -> Vec<i64> {
    result.trades.iter().map(|trade| trade.price.0).collect()
}

#[test]
fn the_closing_auction_fills_a_decision_of_the_day_before_at_the_close() {
    let result = finished(&half(timed(FillTiming::ClosingAuction), true), &[week()]);
    // Decided at 10,100 on Tuesday, filled at 10,300 on Wednesday: 504,700 and ⌊70.9⌋. Decided at 10,250 on Friday,
    // filled at 10,000 on Monday: 490,000 less 68, 147 and 735.
    let sell = (A.to_owned(), "sell", 49, 10_000, 68, 882, Some(490_000 - 68 - 882 - 504_700));
    assert_eq!(rows(&result), [buy(49, 10_300, 70), sell]);
    let expected = [
        ("2024-06-03", 1_000_000),
        ("2024-06-04", 1_000_000),
        ("2024-06-05", 999_930),
        ("2024-06-07", 1_000_000 - 504_770 + 49 * 10_250),
        ("2024-06-10", 1_000_000 - 504_770 + 489_050),
        ("2024-06-11", 984_280),
    ];
    assert_eq!(equity(&result), expected.map(|(day, won)| (date(day), won)));
    assert_eq!(result.trades[0].executed_at, kst("2024-06-05T15:30:00"));
    // Held over Friday and Monday, whose highest price was 10,300; Wednesday was over when it was bought.
    let trip = result.round_trips[0];
    assert_eq!((trip.mae, trip.mfe), (Some(trip.pnl), Some(Won(0))));
}

#[test]
fn a_close_at_the_upper_limit_fills_no_buyer() {
    let locked = changed(&week(), |bars| (bars[2].close, bars[2].high) = (Price(13_130), Price(13_130)));
    let result = finished(&half(timed(FillTiming::ClosingAuction), false), &[locked]);
    assert!(rows(&result).first().is_none_or(|row| row.3 != 13_130), "{:?}", rows(&result));
    assert!(result.manifest.notes.contains(&Note::OrdersUnfilled));
}

/// One-minute bars of 3 June 2024 in which the price rises at 14:01, and whatever follows.
fn minutes(rest: &[(&str, i64, i64)]) -> BarSeries {
    let minute = |&(time, price, volume): &(&str, i64, i64)| Bar {
        open_time: kst(time),
        ..bar(date("2024-06-03"), [price, price, price, price, volume])
    };
    let rise = [("2024-06-03T14:00:00", 10_000, 1_000), ("2024-06-03T14:01:00", 10_100, 1_000)];
    let bars = rise.iter().chain(rest).map(minute);
    BarSeries::new(symbol(A), bars).expect("bars in order")
}

#[test]
fn on_minute_bars_an_order_waits_for_the_print_of_the_auction() {
    let parameters = json!({ "interval": "1m", "lookback": 1, "entry_threshold_percent": 0 });
    let strategy = validate("momentum", &parameters).expect("valid parameters");
    let spec = BacktestSpec { fill: timed(FillTiming::ClosingAuction), ..spec(strategy, &[A], 10_000_000) };
    let filled = |rest: &[(&str, i64, i64)]| {
        let result = finished(&spec, &[minutes(rest)]);
        result.trades.first().map(|trade| (trade.price.0, trade.quantity, trade.executed_at))
    };
    // A tenth of ten million buys 99 at 10,100; the auction traded 500, of which a tenth is 50.
    let day = [
        ("2024-06-03T14:02:00", 10_150, 1_000),
        ("2024-06-03T15:19:00", 10_180, 1_000),
        ("2024-06-03T15:20:00", 10_180, 0),
        ("2024-06-03T15:30:00", 10_200, 500),
    ];
    assert_eq!(filled(&day), Some((10_200, Qty(50), kst("2024-06-03T15:30:00"))));
    let without_auction = [("2024-06-03T15:19:00", 10_180, 1_000), ("2024-06-04T15:30:00", 10_150, 500)];
    assert_eq!(filled(&without_auction), None, "the order ended with its day");
}

#[test]
fn a_limit_order_is_filled_only_if_the_bar_went_through_it() {
    // The limit is Tuesday's close of 10,100.
    let bought_at = |open: i64, low: i64| {
        let week = changed(&week(), |bars| {
            (bars[2].open, bars[2].low) = (Price(open), Price(low));
            bars.truncate(3);
        });
        prices(&finished(&half(timed(FillTiming::LimitWithinBar), false), &[week]))
    };
    assert_eq!(bought_at(10_200, 10_090), [10_100]);
    assert_eq!(bought_at(10_200, 10_100), [0; 0], "it was touched");
    assert_eq!(bought_at(10_050, 10_050), [10_050], "the open was better");
}

#[test]
fn a_limit_from_a_close_off_the_grid_moves_away_from_the_market() {
    let between = changed(&week(), |bars| {
        bars[1].close = Price(10_105);
        bars[2].low = Price(10_000);
        bars.truncate(3);
    });
    let fill = timed(FillTiming::LimitWithinBar);
    assert_eq!(prices(&finished(&half(fill, false), std::slice::from_ref(&between))), [10_100]);
    assert_eq!(prices(&finished(&half(fill, true), &[between])), [10_105], "adjusted prices have no grid");
}

#[test]
fn a_limit_order_slips_no_further_than_its_limit() {
    let fill = FillModel { timing: FillTiming::LimitWithinBar, ..slipping(Slippage::Ticks(8)) };
    let opened_below = changed(&week(), |bars| {
        (bars[2].open, bars[2].low) = (Price(10_050), Price(10_050));
        bars.truncate(3);
    });
    assert_eq!(prices(&finished(&half(fill, false), &[opened_below])), [10_100]);
}

#[test]
fn slippage_makes_buys_dearer_and_sells_cheaper() {
    let filled = |slippage, adjusted| prices(&finished(&half(slipping(slippage), adjusted), &[week()]));
    assert_eq!(filled(Slippage::None, false), [10_200, 10_000]);
    assert_eq!(filled(Slippage::Ticks(2), false), [10_220, 9_980]);
    assert_eq!(filled(Slippage::BasisPoints(10), false), [10_220, 9_990], "10,210.2 and 9,990");
    assert_eq!(filled(Slippage::BasisPoints(10), true), [10_211, 9_990]);
}

#[test]
fn slippage_may_leave_the_bar_but_not_the_limits_of_the_day() {
    let near_the_limit = changed(&week(), |bars| {
        bars[2] =
            Bar { open_time: bars[2].open_time, ..bar(date("2024-06-05"), [13_120, 13_125, 13_000, 13_100, 9_999]) };
        bars.truncate(3);
    });
    let result = finished(&half(slipping(Slippage::Ticks(5)), false), &[near_the_limit]);
    assert_eq!(prices(&result), [13_130]);
}

#[test]
fn the_volume_share_is_a_choice() {
    let thin = changed(&week(), |bars| bars[2].volume = Qty(50));
    let fill = FillModel { volume_share_bp: 5_000, ..FillModel::default() };
    let result = finished(&half(fill, true), &[thin]);
    assert_eq!(result.trades[0].quantity, Qty(25));
    assert!(result.manifest.notes.contains(&Note::OrdersCutToVolume));
}

/// Two strategies of a quarter of equity each, numbered 2 and 1, with their look-backs and issues.
fn two(first: (u32, &[&str]), second: (u32, &[&str])) -> BacktestSpec {
    let codes: std::collections::BTreeSet<_> = first.1.iter().chain(second.1).copied().collect();
    let strategy = |id, (lookback, codes): (u32, &[&str])| StrategySpec {
        id,
        strategy: momentum(lookback, 0.0, 0.0, 25.0),
        issues: codes.iter().map(|code| symbol(code)).collect(),
    };
    let base = spec(momentum(1, 0.0, 0.0, 25.0), &codes.into_iter().collect::<Vec<_>>(), 1_000_000);
    BacktestSpec { strategies: vec![strategy(2, second), strategy(1, first)], ..base }
}

/// Strategy, side, shares and price of each trade.
fn by_strategy(result: &BacktestResult) -> Vec<(i64, &'static str, i64, i64)> {
    let row = |trade: &exodus_backtest::BacktestTrade| {
        (trade.strategy_id.expect("ordered by one"), trade.side.as_str(), trade.quantity.0, trade.price.0)
    };
    result.trades.iter().map(row).collect()
}

#[test]
fn two_strategies_share_wallet_and_volume() {
    // On Friday the first sells, because it fell since Wednesday, and the second buys, because it rose since Monday. A
    // tenth of Monday's 400 is 40: the sale takes 24 of them and leaves 16.
    let thin = changed(&week(), |bars| bars[4].volume = Qty(400));
    let spec = two((1, &[A]), (3, &[A]));
    let result = finished(&spec, std::slice::from_ref(&thin));
    let expected = [(1, "buy", 24, 10_200), (1, "sell", 24, 10_000), (2, "buy", 16, 10_000)];
    assert_eq!(by_strategy(&result)[..3], expected);
    let sold = 240_000 - 33 - 72 - 360;
    assert_eq!(equity(&result)[4].1, 1_000_000 - 244_834 + sold - 160_022 + 16 * 10_000);
    let mut turned = spec.clone();
    turned.strategies.reverse();
    assert_eq!(finished(&turned, &[thin]), result, "the order in which they are named is no matter");
}

#[test]
fn a_strategy_sells_only_its_own_and_waits_while_an_order_of_another_is_not_confirmed() {
    // Both would buy on Tuesday's close. The risk gate lets one order of a side through until it is confirmed (RK08), as
    // it does live, so the second follows a bar later, both ways.
    let result = finished(&two((1, &[A]), (1, &[A])), &[week()]);
    let expected = [(1, "buy", 24, 10_200), (2, "buy", 24, 10_300), (1, "sell", 24, 10_000), (2, "sell", 24, 10_000)];
    assert_eq!(by_strategy(&result), expected);
    assert!(result.manifest.notes.contains(&Note::OrdersDenied));
}

#[test]
fn each_strategy_trades_its_own_issues() {
    let b =
        series(B, &[("2024-06-03", 10_000, 10_000), ("2024-06-04", 10_000, 10_100), ("2024-06-05", 10_200, 10_300)]);
    let result = finished(&two((1, &[A]), (1, &[B])), &[week(), b]);
    let bought: Vec<_> = result.trades[..2].iter().map(|trade| (trade.strategy_id, trade.symbol)).collect();
    assert_eq!(bought, [(Some(1), symbol(A)), (Some(2), symbol(B))]);
    let inputs = result.manifest.inputs.expect("written down");
    assert_eq!(inputs.strategies.iter().map(|strategy| strategy.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(inputs.strategies[1].symbols, [symbol(B)]);
    assert_eq!(inputs.strategies[0].parameters["position_size_percent"], 25.0);
}

#[test]
fn sales_pay_for_buys_at_once_and_can_be_withdrawn_two_sessions_later() {
    let to_the_sale = changed(&week(), |bars| bars.truncate(5));
    let result = finished(&half(FillModel::default(), true), &[to_the_sale]);
    // Bought on Wednesday 5 June for 499,870, due on Monday the 10th; sold on the 10th for 489,050, due on the 12th.
    let cash = result.cash;
    assert_eq!((cash.d, cash.d1, cash.d2), (Won(500_130), Won(500_130), Won(989_180)));
    assert_eq!((cash.withdrawable, cash.orderable), (Won(500_130), Won(989_180)));
}
