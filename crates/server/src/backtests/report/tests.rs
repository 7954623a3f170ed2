//! Whole documents of a run of 22 years.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use exodus_domain::{Fill, Price, Qty, Side, Won};
use exodus_trading::{EquityCurve, OrderTally, ReportInputs, TimedFill, TradeTally, Trials, round_trips};
use serde_json::json;

use super::check_texts::CHECKS;
use super::figure_texts::TEXTS;
use super::*;

/// A person who tries to break out of the document.
const HOSTILE: &str = r#"</title></p><script>alert("1")</script><img src=x onerror='alert(2)'>"#;

/// Everything a report borrows.
struct Sample {
    curve: EquityCurve,
    benchmark: Benchmark,
    figures: PerformanceReport,
    metrics: Metrics,
    trades: Vec<BacktestTrade>,
    round_trips: Vec<RoundTrip>,
    issues: Vec<(Symbol, String)>,
    parameters: Value,
    checks: Vec<Check>,
    manifest: Manifest,
}

fn symbol() -> Symbol {
    "005930".parse().expect("a symbol")
}

fn sessions(count: usize) -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(1999, 9, 16).expect("a date");
    first.iter_days().filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)).take(count)
}

/// A walk that rises and falls, the same on every machine.
fn walk(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut level = 1.0;
    let step = move |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let chance = (state >> 33) as f64 / (1_u64 << 31) as f64;
        level *= 1.0 + (chance - 0.49) * 0.03;
        level
    };
    (0..count).map(step).collect()
}

fn trade(date: NaiveDate, side: Side, price: i64) -> BacktestTrade {
    let (quantity, price) = (Qty(10), Price(price));
    let tax = if side == Side::Sell { Won(30) } else { Won::ZERO };
    let executed_at = date.and_hms_opt(0, 0, 0).expect("midnight").and_utc();
    let realized_pnl = (side == Side::Sell).then_some(Won(5));
    BacktestTrade {
        strategy_number: Some(1),
        symbol: symbol(),
        side,
        quantity,
        price,
        commission: Won(1),
        tax,
        realized_pnl,
        executed_at,
    }
}

impl Sample {
    fn of(session_count: usize, trade_count: usize) -> Self {
        let dates: Vec<NaiveDate> = sessions(session_count).collect();
        let mut curve = EquityCurve::new(Won(100_000_000));
        for (date, level) in dates.iter().zip(walk(session_count, 7)) {
            curve.push(*date, Won((level * 1e8) as i64), Won((level * 5e7) as i64));
        }
        let before = dates[0] - TimeDelta::days(1);
        let levels = std::iter::once(before).chain(dates.iter().copied()).zip(walk(session_count + 1, 11)).collect();
        let benchmark = Benchmark { name: format!("KOSPI {HOSTILE}"), levels };
        let sides = [Side::Buy, Side::Sell].into_iter().cycle();
        let prices = [10_000, 10_400, 10_300, 9_900].into_iter().cycle();
        let trades: Vec<_> = dates
            .iter()
            .zip(sides.zip(prices))
            .take(trade_count)
            .map(|(date, (side, price))| trade(*date, side, price))
            .collect();
        let fills = trades.iter().map(|trade| {
            let BacktestTrade { side, quantity, commission, tax, .. } = *trade;
            let fill = Fill { side, quantity, amount: trade.price * quantity, commission, tax };
            TimedFill { symbol: trade.symbol, at: trade.executed_at, fill }
        });
        let round_trips = round_trips(fills, |_| None).expect("each sale follows its buy");
        let tally = TradeTally::default();
        let figures = PerformanceReport::new(&ReportInputs {
            curve: &curve,
            trades: &tally,
            orders: &OrderTally::default(),
            round_trips: &round_trips,
            benchmark: Some(&benchmark),
            trials: Trials::ONE,
        });
        let metrics = curve.metrics(&tally);
        let manifest = json!({
            "data_fingerprint": "0".repeat(64),
            "code_version": "0.1.0",
            "rules_version": "2026-11-22",
            "result_fingerprint": "f".repeat(64),
            "adjusted": true,
            "bars": session_count,
            "elapsed_ms": 3,
            "notes": ["adjusted_prices_no_tick_check", "orders_cut_to_cash"],
        });
        let passed = json!({ "cuts": 24, "differing_cuts": 0 });
        let failed = json!({ "total_return": 0.5, "stressed_total_return": -0.1 });
        let checks = json!([
            { "code": "look_ahead", "outcome": "passed", "values": passed, "details": [], "date": null },
            { "code": "double_cost", "outcome": "failed", "values": failed, "details": [], "date": null },
            { "code": "trade_order", "outcome": "skipped", "values": {}, "details": ["too_few_round_trips"], "date": null },
        ]);
        Self {
            curve,
            benchmark,
            figures,
            metrics,
            trades,
            round_trips,
            issues: vec![(symbol(), format!("삼성전자 {HOSTILE}"))],
            checks: serde_json::from_value(checks).expect("checks"),
            parameters: json!({ "interval": "1d", "lookback": 60, "typed": HOSTILE }),
            manifest: serde_json::from_value(manifest).expect("a manifest"),
        }
    }

    fn html(&self, language: Language) -> String {
        let points = self.curve.points();
        let strategies = [TestedStrategy { strategy_type: "momentum", parameters: &self.parameters }];
        html(
            &Report {
                name: HOSTILE,
                note: HOSTILE,
                strategies: &strategies,
                issues: &self.issues,
                universe: None,
                start_date: points[0].date,
                end_date: points[points.len() - 1].date,
                created_at: DateTime::UNIX_EPOCH,
                metrics: &self.metrics,
                figures: &self.figures,
                equity: points,
                benchmark: Some(&self.benchmark),
                trades: &self.trades,
                round_trips: &self.round_trips,
                checks: &self.checks,
                manifest: &self.manifest,
            },
            language,
        )
    }
}

#[test]
fn what_a_person_typed_stays_text() {
    let html = Sample::of(300, 20).html(Language::En);
    for tag in ["<script", "<img", "</title></p>"] {
        assert!(!html.contains(tag), "{tag}");
    }
    // Name twice, note, issue in trades and set-up, benchmark, parameter.
    assert!(html.matches("&lt;script&gt;").count() > 6);
}

#[test]
fn nothing_is_asked_of_the_network() {
    for language in [Language::Ko, Language::En] {
        let html = Sample::of(300, 20).html(language).replace(&maud::html! { (HOSTILE) }.into_string(), "");
        for reference in
            ["http:", "https:", "//", "src=", "href=", "url(", "@import", "<script", "<link", "<iframe", "onerror"]
        {
            assert!(!html.contains(reference), "{reference}");
        }
    }
}

#[test]
fn every_figure_has_its_texts_and_every_text_its_figure() {
    let figures = Sample::of(300, 20).figures.figures();
    let known: BTreeSet<String> = figures.iter().map(|figure| format!("{}.{}", figure.group, figure.name)).collect();
    let told: BTreeSet<String> = TEXTS.iter().map(|text| text.figure.to_owned()).collect();
    assert_eq!(told, known);
    assert_eq!(told.len(), TEXTS.len());
    assert!(figures.iter().all(|figure| texts::group(figure.group).is_some()));
}

#[test]
fn figures_and_their_conventions_are_in_the_document() {
    let sample = Sample::of(300, 20);
    let (ko, en) = (sample.html(Language::Ko), sample.html(Language::En));
    let total = format::signed_percent(sample.metrics.total_return);
    assert!(ko.contains(&total) && en.contains(&total));
    for convention in &sample.figures.conventions {
        let escaped = maud::html! { (convention.text) }.into_string();
        assert!(en.contains(&escaped), "{}", convention.figure);
    }
    assert!(ko.contains(r#"<html lang="ko">"#) && ko.contains("샤프 지수") && !ko.contains("Sharpe ratio"));
    assert!(en.contains(r#"<html lang="en">"#) && en.contains("Sharpe ratio") && !en.contains("샤프"));
}

#[test]
fn checks_say_what_they_found() {
    let (ko, en) = (Sample::of(300, 20).html(Language::Ko), Sample::of(300, 20).html(Language::En));
    assert!(en.contains("Cut at 24 places") && en.contains("from 50.00% to -10.00%: the gain is gone"));
    assert!(ko.contains("24곳에서") && ko.contains("끝난 매매가 20번은 있어야"));
}

#[test]
fn names_are_those_of_the_page() {
    for (language, tag) in [(Language::Ko, "ko"), (Language::En, "en")] {
        let file = format!("{}/../../frontend/src/lib/i18n/messages/backtest/{tag}.json", env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(&file).expect("the messages of the page");
        let page: Value = serde_json::from_str(&page).expect("JSON");
        for text in TEXTS {
            let (group, name) = text.figure.split_once('.').expect("a group and a name");
            assert_eq!(page["figures"][group][name]["title"], language.of(text.title), "{}", text.figure);
        }
        for check in CHECKS {
            assert_eq!(page["robustness"]["titles"][check.code], language.of(check.title), "{}", check.code);
        }
    }
}

#[test]
fn twenty_two_years_of_days_stay_small() {
    let html = Sample::of(5_550, 4_000).html(Language::Ko);
    assert!(html.len() < 700_000, "{} bytes", html.len());
    // Of 2,000 round trips and 4,000 trades the latest are listed, and the rest is told.
    assert!(html.contains("전체 4,000건") && html.contains("전체 2,000건"));
}

#[test]
fn a_run_without_a_trade_or_a_second_session_is_a_document() {
    let mut sample = Sample::of(1, 0);
    sample.figures.benchmark = None;
    let html = sample.html(Language::Ko);
    assert!(html.contains("체결이 없습니다.") && html.ends_with("</html>"));
    assert!(!html.contains("NaN") && !html.contains("inf"));
}
