//! Strategies that rank by what was published of their issues, through a backtest.

use std::sync::Arc;

use exodus_backtest::{BacktestResult, BacktestSpec, BarSeries, Membership, Note};
use exodus_domain::{AvgPrice, Bar, Fundamentals, Price};
use exodus_trading::{Strategy, validate};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fixture::{bar, date, finished, rows, series, spec, symbol};

const A: &str = "000010";
const B: &str = "000020";
const C: &str = "000030";
/// Two sessions of June and four of July.
const DAYS: [&str; 6] = ["2024-06-27", "2024-06-28", "2024-07-01", "2024-07-02", "2024-08-01", "2024-08-02"];

fn factors(more: &Value) -> Strategy {
    let mut parameters = json!({ "value_weight": 100, "low_volatility_weight": 0, "momentum_weight": 0, "hold_count": 1,
        "rebalance_band_percent": 20 });
    parameters.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    validate("factor", &parameters).expect("valid parameters")
}

fn flat(code: &str) -> BarSeries {
    series(code, &DAYS.map(|day| (day, 10_000, 10_000)))
}

fn published(code: &str, known_on: &str, bps: i64) -> Fundamentals {
    Fundamentals {
        symbol: symbol(code),
        known_on: date(known_on),
        bps: Some(AvgPrice(bps * AvgPrice::SCALE)),
        eps: None,
        listed_shares: None,
        sector: None,
    }
}

fn with(spec: BacktestSpec, facts: &[Fundamentals]) -> BacktestSpec {
    let mut spec = spec;
    for issue in &spec.issues {
        let told: Vec<_> = facts.iter().filter(|fact| fact.symbol == issue.symbol).cloned().collect();
        spec.fundamentals.insert(issue.symbol, Arc::from(Fundamentals::history(&told, &[], None)));
    }
    spec
}

/// Code, side and date of each fill.
fn fills(result: &BacktestResult) -> Vec<(String, &'static str, String)> {
    let fill = |trade: &exodus_backtest::BacktestTrade| {
        (trade.symbol.to_string(), trade.side.as_str(), exodus_domain::kst_date(trade.executed_at).to_string())
    };
    result.trades.iter().map(fill).collect()
}

#[test]
fn what_is_published_after_a_close_is_not_known_at_it() {
    let base = || spec(factors(&json!({})), &[A, B], 10_000_000);
    let before = [published(A, "2024-05-15", 20_000), published(B, "2024-05-15", 10_000)];
    // B is the cheaper one from the first close of August on, or only after it.
    for (known_on, trades) in [("2024-08-01", 3), ("2024-08-02", 1)] {
        let facts = [&before[..], &[published(B, known_on, 90_000)]].concat();
        let result = finished(&with(base(), &facts), &[flat(A), flat(B)]);
        let fills = fills(&result);
        assert_eq!(fills[0], (A.to_owned(), "buy", DAYS[1].to_owned()), "new, so at once");
        assert_eq!(fills.len(), trades, "published on {known_on}: {fills:?}");
        if trades == 3 {
            assert_eq!(
                fills[1..],
                [(A, "sell"), (B, "buy")].map(|(code, side)| (code.to_owned(), side, DAYS[5].to_owned()))
            );
        }
        assert_eq!(
            (result.manifest.issues_without_fundamentals, result.manifest.notes.contains(&Note::FundamentalsMissing)),
            (0, false)
        );
    }
}

#[test]
fn issues_without_fundamentals_are_counted_and_taken_for_average() {
    let facts = [published(A, "2024-05-15", 5_000), published(B, "2024-05-15", 10_000)];
    let base = spec(factors(&json!({})), &[A, B, C], 10_000_000);
    let all = [flat(A), flat(B), flat(C)];
    let result = finished(&with(base.clone(), &facts), &all);
    assert_eq!(fills(&result)[0].0, B);
    assert_eq!(result.manifest.issues_without_fundamentals, 1);
    assert!(result.manifest.notes.contains(&Note::FundamentalsMissing));
    // Whoever is dear stands below the average, and C beside nothing known at it.
    let dear = factors(
        &json!({ "value_weight": 0, "size_weight": 0, "low_volatility_weight": 1, "low_volatility_window": 5 }),
    );
    let unasked = finished(&spec(dear, &[A, B, C], 10_000_000), &all);
    assert_eq!(unasked.manifest.issues_without_fundamentals, 0);
    let other = [published(A, "2024-05-15", 5_001), published(B, "2024-05-15", 10_000)];
    let other = finished(&with(base, &other), &all);
    assert_ne!(other.manifest.data_fingerprint, result.manifest.data_fingerprint, "what was published is data");
    assert_eq!(other.manifest.result_fingerprint, result.manifest.result_fingerprint);
}

#[test]
fn a_month_begins_although_the_universe_changes_with_it() {
    let facts =
        [published(A, "2024-05-15", 20_000), published(B, "2024-05-15", 10_000), published(C, "2024-05-15", 5_000)];
    let lists =
        [(date("1999-01-01"), vec![symbol(A), symbol(B), symbol(C)]), (date("2024-07-01"), vec![symbol(B), symbol(C)])];
    let universe = Some(Membership::new(lists, true));
    let base = BacktestSpec { universe, ..spec(factors(&json!({})), &[A, B, C], 10_000_000) };
    let result = finished(&with(base, &facts), &[flat(A), flat(B), flat(C)]);
    let fills = fills(&result);
    assert_eq!((fills[0].0.as_str(), fills[0].1), (A, "buy"));
    // The first close of July is decided on although A, which left, has a bar at it too.
    let bought = fills.iter().find(|(code, side, _)| code == B && *side == "buy");
    assert_eq!(bought.map(|(_, _, day)| day.as_str()), Some(DAYS[3]), "{fills:?}");
}

#[test]
fn a_halted_issue_is_left_alone_and_a_late_listing_waits_for_its_history() {
    let parameters = json!({ "value_weight": 0, "low_volatility_weight": 100, "low_volatility_window": 5, "hold_count": 2, "rebalance": "day" });
    let days: Vec<String> = (1..=14).map(|day| format!("2024-07-{day:02}")).collect();
    let sessions: Vec<_> = days.iter().map(|day| date(day)).filter(|day| exodus_domain::is_session(*day)).collect();
    // A stands still, B swings a little, C swings much and is listed late; A is halted from the eighth session on.
    let bars = |code: &str, swing: i64, from: usize, halted_from: usize| {
        let of = |(place, day): (usize, &chrono::NaiveDate)| {
            let price = 10_000 + swing * i64::try_from(place % 2).expect("0 or 1");
            let volume = if place < halted_from { 1_000_000 } else { 0 };
            let open = if volume > 0 { price } else { 0 };
            bar(*day, [open, open, open, price, volume])
        };
        let bars: Vec<Bar> = sessions.iter().enumerate().map(of).skip(from).collect();
        BarSeries::new(symbol(code), bars).expect("bars in order")
    };
    let strategy = factors(&parameters);
    let all = [bars(A, 0, 0, 7), bars(B, 10, 0, 99), bars(C, 300, 3, 99)];
    let result = finished(&spec(strategy, &[A, B, C], 10_000_000), &all);
    let fills = fills(&result);
    let of = |code: &str| fills.iter().filter(|fill| fill.0 == code).count();
    assert!(of(A) > 0 && of(B) > 0, "{fills:?}");
    assert!(!fills.iter().any(|(code, side, _)| code == A && *side == "sell"), "what is halted is not sold: {fills:?}");
    // One of two places stays with A, so C, which ranks third, never gets one.
    assert_eq!(of(C), 0, "{fills:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Neither the order of the issues nor that of what is told of them changes a trade, and no later bar changes one
    /// before it.
    #[test]
    fn order_and_future_change_nothing(
        pasts in prop::collection::vec(prop::collection::vec(80i64..125, 40..41), 3..6),
        books in prop::collection::vec(1i64..50_000, 6),
        cut in 20usize..40,
    ) {
        let sessions: Vec<_> = std::iter::successors(Some(date("2024-05-02")), |day| exodus_domain::next_session(*day)).take(40).collect();
        let codes: Vec<String> = (1..=pasts.len()).map(|number| format!("0000{number}0")).collect();
        let parameters = json!({ "value_weight": 30, "low_volatility_weight": 30, "low_volatility_window": 5, "momentum_weight": 40,
            "momentum_lookback": 8, "momentum_skip": 2, "hold_count": 2, "rebalance": "week", "rebalance_band_percent": 10 });
        let series = |code: &String, changes: &Vec<i64>| {
            let closes = changes.iter().scan(10_000, |close, percent| {
                *close = (*close * percent / 100).clamp(1_000, 1_000_000);
                Some(*close)
            });
            let bars = sessions.iter().zip(closes).map(|(day, close)| Bar {
                high: Price(close + 5), ..bar(*day, [close, close, close, close, 1_000_000])
            });
            BarSeries::new(symbol(code), bars.collect::<Vec<_>>()).expect("bars in order")
        };
        let all: Vec<BarSeries> = codes.iter().zip(&pasts).map(|(code, changes)| series(code, changes)).collect();
        let facts: Vec<_> = codes.iter().zip(&books).enumerate()
            .map(|(place, (code, bps))| published(code, &sessions[place * 6].to_string(), *bps)).collect();
        let mut names: Vec<&str> = codes.iter().map(String::as_str).collect();
        let straight = finished(&with(spec(factors(&parameters), &names, 10_000_000), &facts), &all);
        names.reverse();
        let turned: Vec<BarSeries> = all.iter().rev().cloned().collect();
        let told: Vec<_> = facts.iter().rev().cloned().collect();
        let turned = finished(&with(spec(factors(&parameters), &names, 10_000_000), &told), &turned);
        prop_assert_eq!(rows(&straight), rows(&turned));
        prop_assert_eq!(&straight.manifest.result_fingerprint, &turned.manifest.result_fingerprint);

        let until: Vec<BarSeries> = all.iter().map(|series| {
            let bars = series.bars()[..cut].iter().map(exodus_domain::CompactBar::bar);
            BarSeries::new(series.symbol(), bars.collect::<Vec<_>>()).expect("bars in order")
        }).collect();
        let known: Vec<_> = facts.iter().filter(|fact| fact.known_on <= sessions[cut - 1]).cloned().collect();
        let early = finished(&with(spec(factors(&parameters), &names, 10_000_000), &known), &until);
        let early = rows(&early);
        prop_assert_eq!(&rows(&straight)[..early.len()], &early[..]);
    }
}
