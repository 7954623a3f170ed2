//! What was asked for, and what the result rests on.

use exodus_backtest::{FillModel, Note, Slippage};
use exodus_trading::{LocalText, strategy_type};
use maud::{Markup, html};
use serde_json::Value;

use super::format;
use super::{Language, Report, TestedStrategy, texts};
use crate::account::commission::Commission;

/// Issues that are named one by one.
const NAMED: usize = 30;

/// What was asked for.
pub(super) fn asked_for(report: &Report<'_>, language: Language) -> Markup {
    let Report { strategies, universe, start_date, end_date, metrics, figures, created_at, .. } = *report;
    html! {
        dl.facts {
            @for strategy in strategies { (tested(strategy, language)) }
            (fact(texts::PERIOD, &html! { (format::day(start_date)) " – " (format::day(end_date)) }, language))
            (fact(texts::CAPITAL, &html! { (format::won(metrics.initial_capital, language)) }, language))
            @if let Some(universe) = universe {
                (fact(texts::UNIVERSE, &html! { (members(universe)) }, language))
            } @else {
                (fact(texts::ISSUES, &issues(report, language), language))
            }
            @if let Some(name) = &figures.benchmark_name { (fact(texts::BENCHMARK, &html! { (name) }, language)) }
            (fact(texts::COMMISSION, &html! { (commission(report)) }, language))
            @if let Some(inputs) = &report.manifest.inputs {
                (fact(texts::FILLS, &html! { (fills(inputs.fill, language)) }, language))
            }
            (fact(texts::CREATED, &html! { (format::minute(created_at)) }, language))
        }
    }
}

/// What the result rests on.
pub(super) fn manifest(report: &Report<'_>, language: Language) -> Markup {
    let manifest = report.manifest;
    let prices = if manifest.adjusted { texts::ADJUSTED } else { texts::UNADJUSTED };
    let text = |title: LocalText, value: &str| fact(title, &html! { (value) }, language);
    html! {
        p.hint { (language.of(texts::MANIFEST_HINT)) }
        dl.facts {
            (fact(texts::RESULT_FINGERPRINT, &html! { code { (manifest.result_fingerprint) } }, language))
            (fact(texts::DATA_FINGERPRINT, &html! { code { (manifest.data_fingerprint) } }, language))
            (text(texts::PROGRAM, &manifest.code_version))
            (text(texts::RULES, &manifest.rules_version))
            (text(texts::PRICES, language.of(prices)))
            (text(texts::BARS, &format::count(manifest.bars)))
            @if let Some(inputs) = &manifest.inputs { (text(texts::SEED, &inputs.seed.to_string())) }
        }
        @if !manifest.notes.is_empty() {
            ul.notes { @for note in &manifest.notes {
                li {
                    (language.of(texts::note(*note)))
                    @if *note == Note::UndefinedValues {
                        " (" (format::count(manifest.undefined_bars.iter().map(|one| one.bars).sum())) ")"
                    }
                    @if *note == Note::FundamentalsMissing {
                        " (" (format::count(manifest.issues_without_fundamentals)) ")"
                    }
                }
            } }
        }
    }
}

fn tested(strategy: &TestedStrategy<'_>, language: Language) -> Markup {
    let known = strategy_type(strategy.strategy_type);
    let title = known.map_or(strategy.strategy_type, |known| language.of(known.title));
    let name_of = |key: &str| {
        let spec = known.and_then(|known| known.parameter(key));
        spec.map_or_else(|| key.to_owned(), |spec| language.of(spec.title).to_owned())
    };
    html! {
        dt { (title) }
        dd {
            @for (place, (key, value)) in members_of(strategy.parameters).into_iter().enumerate() {
                @if place > 0 { " · " }
                (name_of(key)) " " (word(value))
            }
        }
    }
}

fn issues(report: &Report<'_>, language: Language) -> Markup {
    let more = report.issues.len().saturating_sub(NAMED);
    html! {
        @for (place, (symbol, name)) in report.issues.iter().take(NAMED).enumerate() {
            @if place > 0 { ", " }
            @if name.is_empty() { (symbol) } @else { (name) " (" (symbol) ")" }
        }
        @if more > 0 {
            @match language {
                Language::Ko => { " 외 " (more) "종목" },
                Language::En => { " and " (more) " more" },
            }
        }
    }
}

fn fills(model: FillModel, language: Language) -> String {
    let slippage = match model.slippage {
        Slippage::None => language.of(texts::NO_SLIPPAGE).to_owned(),
        Slippage::Ticks(ticks) => format!("{} {ticks} {}", language.of(texts::SLIPPAGE), language.of(texts::TICKS)),
        Slippage::BasisPoints(bp) => format!("{} {bp} bp", language.of(texts::SLIPPAGE)),
    };
    let share = format::percent(model.volume_share_bp as f64 / 1e4);
    let (timing, limit) = (language.of(texts::timing(model.timing)), language.of(texts::VOLUME_SHARE));
    format!("{timing} · {limit} {share} · {slippage}")
}

fn commission(report: &Report<'_>) -> String {
    let terms = Commission::from(report.manifest.commission);
    match terms.plan {
        Some(plan) => plan.to_string(),
        None => format!("{}%", terms.rate_ppb.unwrap_or(0) as f64 / 1e7),
    }
}

fn fact(title: LocalText, value: &Markup, language: Language) -> Markup {
    html! { dt { (language.of(title)) } dd { (value) } }
}

/// A JSON object as `name value · name value`.
fn members(object: &Value) -> String {
    let members = members_of(object).into_iter();
    members.map(|(key, value)| format!("{key} {}", word(value))).collect::<Vec<_>>().join(" · ")
}

fn members_of(object: &Value) -> Vec<(&String, &Value)> {
    object.as_object().map(|members| members.iter().collect()).unwrap_or_default()
}

/// A value without the quotes of a text.
fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}
