//! Rankings of small markets, worked out by hand.

use exodus_domain::{AvgPrice, Bar, Qty};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::catalog::validate;
use crate::strategies::Strategy;

/// An issue with its past.
struct Issue {
    symbol: Symbol,
    rule: Rule,
    close: Price,
    facts: Option<Fundamentals>,
}

fn symbol(number: usize) -> Symbol {
    format!("{number:05}0").parse().expect("a code")
}

fn strategy(kind: &str, parameters: Value) -> Strategy {
    validate(kind, &parameters).expect("valid")
}

fn learned(strategy: &Strategy, number: usize, closes: &[i64]) -> Issue {
    let mut rule = strategy.rule();
    for close in closes {
        let price = Price(*close);
        let open_time = chrono::DateTime::from_timestamp(0, 0).expect("a time");
        let bar = Bar { open_time, open: price, high: price, low: price, close: price, volume: Qty(100) };
        assert_eq!(rule.on_bar(&bar, crate::strategies::Stance::Flat), None, "a ranking decides nothing alone");
    }
    Issue { symbol: symbol(number), rule, close: Price(closes.last().copied().unwrap_or_default()), facts: None }
}

fn members(issues: &[Issue]) -> Vec<Member<'_>> {
    let member = |issue| {
        let Issue { symbol, rule, close, facts }: &Issue = issue;
        Member { symbol: *symbol, rule, close: *close, facts: facts.as_ref() }
    };
    issues.iter().map(member).collect()
}

fn ranks(standings: &[Standing]) -> Vec<Option<u32>> {
    standings.iter().map(|standing| standing.rank).collect()
}

fn chosen(standings: &[Standing]) -> Vec<bool> {
    standings.iter().map(|standing| standing.is_chosen).collect()
}

fn by_momentum(extra: &[(&str, Value)]) -> Strategy {
    let mut parameters = json!({ "method": "cross_sectional", "lookback": 3, "skip": 1, "hold_count": 2 });
    for (key, value) in extra {
        parameters[*key] = value.clone();
    }
    strategy("momentum", parameters)
}

#[test]
fn those_that_rose_most_are_held_and_none_that_fell() {
    let strategy = by_momentum(&[]);
    // From the first to the third close: +10 %, +30 %, −10 %, +20 %; the fourth close is skipped. The last one is new.
    let closes: [&[i64]; 5] =
        [&[100, 90, 110, 999], &[100, 120, 130, 1], &[100, 100, 90, 200], &[100, 110, 120, 120], &[100, 150]];
    let issues: Vec<Issue> = (0..).zip(closes).map(|(number, closes)| learned(&strategy, number, closes)).collect();
    let ranking = strategy.ranking().expect("a ranking");
    let standings = ranking.standings(&members(&issues), 0);
    assert_eq!(ranks(&standings), [Some(3), Some(1), None, Some(2), None]);
    assert_eq!(chosen(&standings), [false, true, false, true, false]);
    // Of two places one is taken by an issue that does not trade today.
    assert_eq!(chosen(&ranking.standings(&members(&issues), 1)), [false, true, false, false, false]);
    assert_eq!(chosen(&ranking.standings(&members(&issues), 3)), [false; 5]);
}

#[test]
fn a_steady_rise_ranks_before_a_larger_one_that_swings() {
    // +10 %, +20 % is 32 % with a deviation of 7.07 %: 4.5. +50 %, −10 % is 35 % with one of 42.4 %: 0.82.
    let issues = |strategy: &Strategy| {
        [learned(strategy, 0, &[1_000, 1_100, 1_320, 1]), learned(strategy, 1, &[1_000, 1_500, 1_350, 1])]
    };
    for (is_scaled, expected) in [(false, [Some(2), Some(1)]), (true, [Some(1), Some(2)])] {
        let strategy = by_momentum(&[("volatility_scaled", json!(is_scaled))]);
        let issues = issues(&strategy);
        let ranking = strategy.ranking().expect("a ranking");
        let standings = ranking.standings(&members(&issues), 0);
        assert_eq!(ranks(&standings), expected, "scaled: {is_scaled}");
        let reason = ranking.explain(&standings[0], Move::Enter).1;
        assert!((reason.values["momentum"] - 0.32).abs() < 1e-12);
        let score = if is_scaled { 0.32 / 0.005_f64.sqrt() } else { 0.32 };
        assert!((reason.values["score"] - score).abs() < 1e-9, "{:?}", reason.values);
    }
    // A price that stands still has no volatility to divide by, and is not ranked.
    let strategy = by_momentum(&[("volatility_scaled", json!(true)), ("minimum_return_percent", json!(-100))]);
    let still = [learned(&strategy, 0, &[100, 100, 100, 100])];
    assert_eq!(ranks(&strategy.ranking().expect("a ranking").standings(&members(&still), 0)), [None]);
}

#[test]
fn equal_scores_are_ranked_by_symbol_whatever_the_order() {
    let strategy = by_momentum(&[]);
    let mut issues: Vec<Issue> = [3, 1, 2].map(|number| learned(&strategy, number, &[100, 1, 110, 1])).into();
    let ranking = strategy.ranking().expect("a ranking");
    assert_eq!(ranks(&ranking.standings(&members(&issues), 0)), [Some(3), Some(1), Some(2)]);
    issues.reverse();
    assert_eq!(ranks(&ranking.standings(&members(&issues), 0)), [Some(2), Some(1), Some(3)]);
}

#[test]
fn a_sector_takes_no_more_than_its_part_of_the_places() {
    let parameters = json!({ "value_weight": 100, "momentum_weight": 0, "low_volatility_weight": 0,
        "hold_count": 4, "sector_cap_percent": 50 });
    let strategy = strategy("factor", parameters);
    let issue = |number: usize, bps: i64, sector: Option<&str>| {
        let facts = Fundamentals {
            symbol: symbol(number),
            known_on: "2024-03-29".parse().expect("a date"),
            bps: Some(AvgPrice(bps * AvgPrice::SCALE)),
            eps: None,
            listed_shares: None,
            sector: sector.map(str::to_owned),
        };
        Issue { facts: Some(facts), ..learned(&strategy, number, &[100, 100]) }
    };
    let chips = Some("반도체");
    let issues = [
        issue(0, 90, chips),
        issue(1, 80, chips),
        issue(2, 70, chips),
        issue(3, 60, None),
        issue(4, 50, None),
        issue(5, 40, None),
    ];
    let standings = strategy.ranking().expect("a ranking").standings(&members(&issues), 0);
    assert_eq!(ranks(&standings), [1, 2, 3, 4, 5, 6].map(Some), "a cap changes no rank");
    assert_eq!(chosen(&standings), [true, true, false, true, true, false]);
    // A cap that is less than one place lets one in.
    let narrow = Ranking::new(Scoring::Factors(FactorWeights([1.0, 0.0, 0.0, 0.0, 0.0])), 4, Rebalance::Month, 0.01);
    assert_eq!(chosen(&narrow.standings(&members(&issues), 0)), [true, false, false, true, true, true]);
}

#[test]
fn reasons_tell_rank_score_and_what_it_is_made_of() {
    let strategy = by_momentum(&[("minimum_return_percent", json!(15))]);
    let closes: [&[i64]; 3] = [&[100, 1, 140, 1], &[100, 1, 120, 1], &[100, 1, 110, 1]];
    let issues: Vec<Issue> = (0..).zip(closes).map(|(number, closes)| learned(&strategy, number, closes)).collect();
    let ranking = strategy.ranking().expect("a ranking");
    let standings = ranking.standings(&members(&issues), 0);
    let told = |standing: &Standing, step| {
        let (confidence, Reason { code, values, .. }) = ranking.explain(standing, step);
        (
            code,
            confidence,
            values.into_iter().map(|(name, value)| (name, (value * 1e3).round() / 1e3)).collect::<Vec<_>>(),
        )
    };
    let of =
        |values: &[(&str, f64)]| values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect::<Vec<_>>();
    let common = [("hold_count", 2.0), ("lookback", 3.0), ("members", 2.0)];
    let first = of(&[&common[..], &[("momentum", 0.4), ("rank", 1.0), ("score", 0.4), ("skip", 1.0)]].concat());
    assert_eq!(told(&standings[0], Move::Enter), ("rank_entered".to_owned(), 1.0, first.clone()));
    assert_eq!(told(&standings[0], Move::Adjust), ("rank_reweighted".to_owned(), 1.0, first));
    let (code, confidence, values) = told(&standings[1], Move::Leave);
    assert_eq!((code.as_str(), confidence, &values[4]), ("rank_left", 1.0, &("rank".to_owned(), 2.0)));
    let excluded = of(&[&common[..], &[("momentum", 0.1), ("skip", 1.0), ("threshold", 0.15)]].concat());
    assert_eq!(told(&standings[2], Move::Leave), ("rank_excluded".to_owned(), 1.0, excluded));
}

proptest! {
    /// Whoever comes first in the list, every issue has the same rank, score and place.
    #[test]
    fn the_order_of_the_issues_does_not_matter(
        pasts in prop::collection::vec(prop::collection::vec(50i64..200, 30..31), 2..12),
        shift in 0usize..12,
        kind in prop::sample::select(vec!["momentum", "factor"]),
    ) {
        let parameters = match kind {
            "momentum" => json!({ "method": "cross_sectional", "lookback": 20, "skip": 5, "hold_count": 3, "minimum_return_percent": -50 }),
            _ => json!({ "value_weight": 40, "momentum_lookback": 20, "momentum_skip": 5, "low_volatility_window": 10, "liquidity_weight": -30, "liquidity_window": 10, "hold_count": 3 }),
        };
        let strategy = strategy(kind, parameters);
        let mut issues: Vec<Issue> = (0..).zip(&pasts).map(|(number, closes)| learned(&strategy, number, closes)).collect();
        let ranking = strategy.ranking().expect("a ranking");
        let by_symbol = |issues: &[Issue]| {
            let standings = ranking.standings(&members(issues), 0);
            let mut found: Vec<_> = issues.iter().map(|issue| issue.symbol).zip(standings).collect();
            found.sort_by_key(|(symbol, _)| *symbol);
            found
        };
        let before = by_symbol(&issues);
        let shift = shift % issues.len();
        issues.rotate_left(shift);
        prop_assert_eq!(&by_symbol(&issues), &before);
        // Ranks are 1, 2, 3 and so on, no more are chosen than there are places, and none before a better one.
        let mut ranks: Vec<u32> = before.iter().filter_map(|(_, standing)| standing.rank).collect();
        ranks.sort_unstable();
        prop_assert!(ranks.iter().zip(1..).all(|(rank, place)| *rank == place));
        let chosen: Vec<u32> = before.iter().filter(|(_, s)| s.is_chosen).filter_map(|(_, s)| s.rank).collect();
        prop_assert_eq!(chosen.len(), ranks.len().min(3));
        prop_assert!(chosen.iter().all(|rank| *rank <= 3));
    }
}
