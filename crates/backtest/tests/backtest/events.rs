//! Corporate actions, the end of listings and universes by date, worked out by hand.

use exodus_backtest::{BacktestResult, BacktestSpec, BarSeries, Delisting, Membership, Note, StrategySpec};
use exodus_domain::{ActionKind, Bar, CorporateAction, Price, PriceFactor, Qty, Won};
use exodus_trading::TradedIssue;

use crate::fixture::{bar, changed, date, equity, finished, issue, kst, momentum, rows, series, spec, symbol};

const A: &str = "000010";
const B: &str = "000020";

fn raw(codes: &[&str], capital: i64) -> BacktestSpec {
    let issues = codes.iter().map(|code| TradedIssue { adjusted: false, ..issue(code) }).collect();
    BacktestSpec { issues, ..spec(momentum(1, 0.0, 0.0, 50.0), codes, capital) }
}

fn action(kind: ActionKind, ex_date: &str, numerator: i64, denominator: i64) -> CorporateAction {
    let factor = PriceFactor::new(numerator, denominator).expect("a factor");
    CorporateAction { symbol: symbol(A), ex_date: date(ex_date), kind, factor }
}

fn with(actions: &[CorporateAction]) -> BacktestSpec {
    BacktestSpec { actions: actions.to_vec(), ..raw(&[A], 10_000_000) }
}

/// Bought on 5 June: 99 shares at 51,000 for 5,049,000 and 709 won.
const CASH: i64 = 10_000_000 - 5_049_000 - 709;

fn before_the_ex_date() -> Vec<(&'static str, i64, i64)> {
    vec![("2024-06-03", 50_000, 50_000), ("2024-06-04", 50_000, 50_500), ("2024-06-05", 51_000, 51_500)]
}

fn history(after: &[(&'static str, i64, i64)]) -> BarSeries {
    let rows: Vec<_> = before_the_ex_date().into_iter().chain(after.iter().copied()).collect();
    series(A, &rows)
}

fn on(result: &BacktestResult, day: &str) -> i64 {
    equity(result).iter().find(|(at, _)| *at == date(day)).expect("a session").1
}

#[test]
fn a_split_restates_the_holding_and_what_the_strategy_has_seen() {
    let split = action(ActionKind::Split, "2024-06-07", 1, 5);
    let after = [("2024-06-07", 10_300, 10_400), ("2024-06-10", 10_400, 10_200), ("2024-06-11", 10_000, 10_000)];
    let result = finished(&with(&[split]), &[history(&after)]);
    // 10,400 is above a fifth of 51,500, so nothing is sold on the ex-date. On Monday it falls to 10,200.
    let tax = 1_485 + 7_425;
    let sell = (A.to_owned(), "sell", 495, 10_000, 695, tax, Some(4_950_000 - 695 - tax - 5_049_000));
    assert_eq!(rows(&result), [(A.to_owned(), "buy", 99, 51_000, 709, 0, None), sell]);
    assert_eq!(on(&result, "2024-06-07"), CASH + 495 * 10_400);
    assert_eq!(result.manifest.notes, [Note::CorporateActionsApplied, Note::WarmUpInsidePeriod]);
    let applied = result.actions[0];
    assert_eq!((applied.shares_before, applied.shares_after, applied.cash), (Qty(99), Qty(495), Won(0)));
    assert_eq!(result.round_trips.len(), 1);
    assert_eq!(result.round_trips[0].pnl, Won(-709 - 99_000 - 695 - tax));
}

#[test]
fn without_the_action_a_split_looks_like_a_loss() {
    let after = [("2024-06-07", 10_300, 10_400), ("2024-06-10", 10_400, 10_200)];
    let result = finished(&with(&[]), &[history(&after)]);
    assert_eq!(rows(&result)[1].2, 99, "sold on the jump");
    assert_eq!(result.manifest.notes, [Note::RawPricesJumpAtCorporateActions, Note::WarmUpInsidePeriod]);
}

#[test]
fn a_holding_is_worth_the_same_on_an_ex_date_without_a_trade() {
    let split = action(ActionKind::Split, "2024-06-07", 1, 5);
    let b = series(B, &[("2024-06-03", 100, 100), ("2024-06-07", 100, 100), ("2024-06-10", 100, 100)]);
    let both = BacktestSpec { actions: vec![split], ..raw(&[A, B], 10_000_000) };
    let result = finished(&both, &[history(&[("2024-06-10", 10_300, 10_400)]), b]);
    assert_eq!(on(&result, "2024-06-05"), CASH + 99 * 51_500);
    assert_eq!(on(&result, "2024-06-07"), CASH + 495 * 10_300);
    assert_eq!(on(&result, "2024-06-10"), CASH + 495 * 10_400);
}

#[test]
fn a_fraction_is_paid_in_cash() {
    // Two become one at 103,000: 99 are 49 ½, and the half is paid with 51,500 of which 51,000 were its cost.
    let merger = action(ActionKind::ReverseSplit, "2024-06-07", 2, 1);
    let result = finished(&with(&[merger]), &[history(&[("2024-06-07", 103_000, 104_000)])]);
    let applied = result.actions[0];
    assert_eq!((applied.shares_after, applied.cash, applied.realized_pnl), (Qty(49), Won(51_500), Won(500)));
    assert_eq!(on(&result, "2024-06-07"), CASH + 51_500 + 49 * 104_000);
    assert_eq!(result.round_trips[0].pnl, Won(500 - 709));
}

#[test]
fn what_two_strategies_own_in_parts_stays_theirs() {
    // Each buys three shares, a bar apart (RK08). Two become one: one and a half each, three together. The last one gets
    // the share that their halves make.
    let after = [
        ("2024-06-07", 52_000, 52_500),
        ("2024-06-10", 105_000, 106_000),
        ("2024-06-11", 106_000, 104_000),
        ("2024-06-12", 104_000, 103_000),
        ("2024-06-13", 103_000, 103_000),
    ];
    let strategy = |id| StrategySpec { id, strategy: momentum(1, 0.0, 0.0, 25.0), issues: vec![symbol(A)] };
    let merger = action(ActionKind::ReverseSplit, "2024-06-10", 2, 1);
    let strategies = vec![strategy(1), strategy(2)];
    let two = BacktestSpec { strategies, actions: vec![merger], ..raw(&[A], 700_000) };
    let result = finished(&two, &[history(&after)]);
    let row = |trade: &exodus_backtest::BacktestTrade| {
        (trade.strategy_id.expect("ordered by one"), trade.side.as_str(), trade.quantity.0)
    };
    let seen: Vec<_> = result.trades.iter().map(row).collect();
    assert_eq!(seen, [(1, "buy", 3), (2, "buy", 3), (1, "sell", 1), (2, "sell", 2)]);
    assert_eq!(result.actions[0].shares_after, Qty(3));
}

#[test]
fn a_right_and_a_distribution_are_paid_in_cash() {
    let after = [("2024-06-07", 51_000, 51_500)];
    let paid = |kind| {
        let result = finished(&with(&[action(kind, "2024-06-07", 99, 100)]), &[history(&after)]);
        (on(&result, "2024-06-07") - CASH - 99 * 51_500, result.actions[0].realized_pnl.0)
    };
    // 99 × 51,500 / 100 is 50,985, and a hundredth of the cost 50,490.
    assert_eq!(paid(ActionKind::RightsIssue), (50_985, 495));
    // 15.4 % of it, 7,851, are withheld.
    assert_eq!(paid(ActionKind::Distribution), (43_134, 43_134));
}

#[test]
fn an_order_goes_to_the_market_in_the_shares_of_the_ex_date() {
    let split = action(ActionKind::Split, "2024-06-07", 1, 5);
    let rows_of_a = [("2024-06-04", 50_000, 50_000), ("2024-06-05", 50_000, 50_500), ("2024-06-07", 10_200, 10_300)];
    let result = finished(&with(&[split]), &[series(A, &rows_of_a)]);
    assert_eq!(rows(&result), [(A.to_owned(), "buy", 495, 10_200, 709, 0, None)]);
    assert!(result.actions.is_empty(), "nothing was held");
}

#[test]
fn limits_of_an_ex_date_are_measured_from_its_base_price() {
    // The base price is 10,100, so 13,130 is the upper limit, and nobody sells to a buyer there.
    let split = action(ActionKind::Split, "2024-06-07", 1, 5);
    let rows_of_a = [
        ("2024-06-04", 50_000, 50_000),
        ("2024-06-05", 50_000, 50_500),
        ("2024-06-07", 13_130, 13_130),
        ("2024-06-10", 13_500, 13_400),
    ];
    let result = finished(&with(&[split]), &[series(A, &rows_of_a)]);
    assert_eq!(rows(&result)[0].3, 13_500);
    assert!(result.manifest.notes.contains(&Note::OrdersUnfilled));
}

#[test]
fn bars_before_the_period_warm_up_as_adjusted_on_its_first_day() {
    let split = action(ActionKind::Split, "2024-06-07", 1, 5);
    let after = [("2024-06-07", 10_300, 10_400), ("2024-06-10", 10_500, 10_500)];
    let mut late = with(&[split]);
    late.from = date("2024-06-07");
    let result = finished(&late, &[history(&after)]);
    // 10,400 after 10,300, which is a fifth of 51,500: bought at once.
    assert_eq!(rows(&result), [(A.to_owned(), "buy", 480, 10_500, 708, 0, None)]);
}

fn delisted(on: &str) -> BacktestSpec {
    let delistings = vec![Delisting { symbol: symbol(A), date: date(on) }];
    BacktestSpec { delistings, ..raw(&[A], 10_000_000) }
}

#[test]
fn what_leaves_the_market_ends_at_its_last_close() {
    let result = finished(&delisted("2024-06-10"), &[history(&[])]);
    // 99 × 51,500 less ⌊716.5⌋, ⌊1,529.6⌋ and ⌊7,647.8⌋.
    let net = 5_098_500 - 716 - 1_529 - 7_647;
    let last = result.trades.last().expect("an end");
    assert_eq!((last.strategy_id, last.price, last.quantity), (None, Price(51_500), Qty(99)));
    assert_eq!(last.executed_at, kst("2024-06-10T09:00:00"));
    assert_eq!(equity(&result).last(), Some(&(date("2024-06-10"), CASH + net)));
    assert_eq!(result.round_trips[0].closed_at, Some(kst("2024-06-10T09:00:00")));
    assert!(result.manifest.notes.contains(&Note::DelistedAtLastClose));
}

#[test]
fn after_a_long_halt_it_ends_at_nothing() {
    let halted = changed(&history(&[]), |bars| {
        bars.push(bar(date("2024-07-30"), [0, 0, 0, 51_500, 0]));
    });
    let result = finished(&delisted("2024-07-31"), &[halted]);
    assert_eq!(equity(&result).last(), Some(&(date("2024-07-31"), CASH)));
    assert_eq!(result.round_trips[0].pnl, Won(-5_049_709));
    assert!(result.manifest.notes.contains(&Note::DelistedWithoutValue));
}

#[test]
fn a_delisting_beyond_the_period_is_not_known_in_it() {
    let mut spec = delisted("2024-06-10");
    spec.to = date("2024-06-07");
    let result = finished(&spec, &[history(&[])]);
    assert_eq!(result.trades.len(), 1);
    assert_eq!(equity(&result).last(), Some(&(date("2024-06-05"), CASH + 99 * 51_500)));
}

/// A rises all week; B too.
fn two_rising() -> [BarSeries; 2] {
    let days = ["2024-06-03", "2024-06-04", "2024-06-05", "2024-06-07", "2024-06-10", "2024-06-11"];
    [A, B].map(|code| {
        let bars = days.iter().zip(100..).map(|(day, step)| {
            let close = step * 100;
            Bar {
                close: Price(close + 50),
                high: Price(close + 50),
                ..bar(date(day), [close, close, close, close, 1_000_000])
            }
        });
        BarSeries::new(symbol(code), bars).expect("bars in order")
    })
}

fn within(lists: &[(&str, &[&str])], sell_on_exit: bool) -> BacktestSpec {
    let lists = lists.iter().map(|(from, codes)| (date(from), codes.iter().map(|code| symbol(code)).collect()));
    BacktestSpec {
        universe: Some(Membership::new(lists, sell_on_exit)),
        ..spec(momentum(1, 0.0, 0.0, 10.0), &[A, B], 1_000_000)
    }
}

fn short(result: &BacktestResult) -> Vec<(String, String, &'static str)> {
    let day = |at: chrono::DateTime<chrono::Utc>| exodus_domain::kst_date(at).to_string();
    result.trades.iter().map(|trade| (day(trade.executed_at), trade.symbol.to_string(), trade.side.as_str())).collect()
}

fn row(day: &str, code: &str, side: &'static str) -> (String, String, &'static str) {
    (day.to_owned(), code.to_owned(), side)
}

#[test]
fn only_members_are_bought_from_the_day_on_which_they_are() {
    let result = finished(&within(&[("2024-06-05", &[A]), ("2024-06-10", &[A, B])], false), &two_rising());
    // The order of Tuesday's close is one of Wednesday, on which A is a member. B's turn comes on Monday.
    assert_eq!(short(&result), [row("2024-06-05", A, "buy"), row("2024-06-10", B, "buy")]);
    let inputs = result.manifest.inputs.expect("written down");
    assert!(inputs.universe_fingerprint.is_some());
}

#[test]
fn what_leaves_the_universe_is_kept_or_sold() {
    let lists: [(&str, &[&str]); 2] = [("2024-06-03", &[A, B]), ("2024-06-07", &[B])];
    let bought = [row("2024-06-05", A, "buy"), row("2024-06-05", B, "buy")];
    assert_eq!(short(&finished(&within(&lists, false), &two_rising())), bought);
    let sold = finished(&within(&lists, true), &two_rising());
    assert_eq!(short(&sold), [bought[0].clone(), bought[1].clone(), row("2024-06-07", A, "sell")]);
}

#[test]
fn what_is_kept_is_managed_by_its_own_strategy_and_bought_by_no_other() {
    // The second strategy would buy A anew each day after it was denied once (RK08), but A has left by then.
    let falling = changed(&two_rising()[0], |bars| bars[4].close = Price(10_000));
    let strategy = |id| StrategySpec { id, strategy: momentum(1, 0.0, 0.0, 10.0), issues: vec![symbol(A)] };
    let lists: [(&str, &[&str]); 2] = [("2024-06-03", &[A]), ("2024-06-07", &[B])];
    let two = BacktestSpec { strategies: vec![strategy(1), strategy(2)], ..within(&lists, false) };
    let result = finished(&two, &[falling, two_rising()[1].clone()]);
    assert_eq!(short(&result), [row("2024-06-05", A, "buy"), row("2024-06-11", A, "sell")]);
    assert_eq!(result.trades[1].strategy_id, Some(1));
}

#[test]
fn outsiders_go_on_teaching_their_strategies() {
    // B becomes a member on Monday. Its look-back of three bars lies wholly before that.
    let mut spec = within(&[("2024-06-10", &[B])], false);
    spec.strategies[0].strategy = momentum(3, 0.0, 0.0, 10.0);
    assert_eq!(short(&finished(&spec, &two_rising())), [row("2024-06-10", B, "buy")]);
}
