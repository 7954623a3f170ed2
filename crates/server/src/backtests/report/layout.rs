//! The document: its head, and its sections in order.

use exodus_trading::{LocalText, strategy_type};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::{Chart, Line, Scale};
use super::{Language, Report, checks, figures, format, series, setup, tables, texts};

/// Nothing may be fetched or run, whatever a defect lets into the document.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const STYLE: &str = include_str!("report.css");
/// Length of the rolling window that is drawn, in sessions.
const ROLLING_YEAR: u64 = 252;

/// The whole document.
pub(super) fn document(report: &Report<'_>, language: Language) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (report.name) " – " (language.of(texts::REPORT)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    (masthead(report, language))
                    (figures::headline(report, language))
                    @for (title, content) in sections(report, language) {
                        section { h2 { (language.of(title)) } (content) }
                    }
                    footer { p.hint { (language.of(texts::DISCLAIMER)) } }
                }
            }
        }
    }
}

fn masthead(report: &Report<'_>, language: Language) -> Markup {
    let title_of =
        |id: &str| strategy_type(id).map_or_else(|| id.to_owned(), |known| language.of(known.title).to_owned());
    let strategies: Vec<String> = report.strategies.iter().map(|strategy| title_of(strategy.strategy_type)).collect();
    html! {
        header {
            p.kicker { "Exodus · " (language.of(texts::REPORT)) }
            h1 { (report.name) }
            p { (strategies.join(" + ")) " · " (format::day(report.start_date)) " – " (format::day(report.end_date)) }
        }
    }
}

fn sections(report: &Report<'_>, language: Language) -> Vec<(LocalText, Markup)> {
    let Report { figures: report_figures, .. } = *report;
    let mut sections = Vec::new();
    if !report.note.is_empty() {
        sections.push((texts::NOTE, html! { p.note { (report.note) } }));
    }
    sections.push((texts::EQUITY, equity_chart(report, language)));
    sections.push((texts::UNDERWATER, underwater_chart(report, language)));
    sections.push((texts::MONTHS, tables::months(report_figures, language)));
    sections.push((
        texts::DRAWDOWNS,
        or_sentence(
            !report_figures.drawdowns.is_empty(),
            || tables::drawdowns(&report_figures.drawdowns, language),
            language.of(texts::NO_DRAWDOWN),
        ),
    ));
    sections.extend(rolling_chart(report, language).map(|chart| (texts::ROLLING, chart)));
    sections.push((texts::REGIMES, regimes(report, language)));
    sections.push((texts::FIGURES, figures::all(report_figures, language)));
    if !report.checks.is_empty() {
        sections.push((texts::CHECKS, checks::all(report.checks, language)));
    }
    sections.push((
        texts::TRIPS,
        or_sentence(
            !report.round_trips.is_empty(),
            || tables::round_trips(report, language),
            language.of(texts::NO_TRIPS),
        ),
    ));
    sections.push((
        texts::TRADES,
        or_sentence(!report.trades.is_empty(), || tables::trades(report, language), language.of(texts::NO_TRADES)),
    ));
    sections.push((texts::SETUP, setup::asked_for(report, language)));
    sections.push((texts::MANIFEST, setup::manifest(report, language)));
    sections
}

fn or_sentence(is_there: bool, content: impl FnOnce() -> Markup, otherwise: &str) -> Markup {
    if is_there {
        content()
    } else {
        html! { p.hint { (otherwise) } }
    }
}

fn equity_chart(report: &Report<'_>, language: Language) -> Markup {
    let name = language.of(texts::THIS_BACKTEST).to_owned();
    let mut lines = vec![Line { class: "own", name, samples: series::equity(report.equity) }];
    if let Some(benchmark) = report.benchmark {
        let capital = report.metrics.initial_capital.0 as f64;
        let samples = series::rebased(benchmark, report.equity, capital);
        lines.insert(0, Line { class: "benchmark", name: benchmark.name.clone(), samples });
    }
    let scale = Scale::of_amounts(&lines);
    let format = |amount: f64| format::short_won(amount, language);
    let chart = Chart { label: language.of(texts::EQUITY_LABEL), lines, scale, is_depth: false, format: &format };
    html! {
        (chart.markup())
        @if scale.is_logarithmic() { p.hint { (language.of(texts::LOGARITHMIC)) } }
    }
}

fn underwater_chart(report: &Report<'_>, language: Language) -> Markup {
    let name = language.of(texts::UNDERWATER).to_owned();
    let lines = vec![Line { class: "depth", name, samples: series::drawdown(report.equity) }];
    let scale = Scale::with_zero(&lines);
    let format = |ratio: f64| format!("{}%", format::fixed(ratio * 100.0, 0));
    Chart { label: language.of(texts::UNDERWATER_LABEL), lines, scale, is_depth: true, format: &format }.markup()
}

fn rolling_chart(report: &Report<'_>, language: Language) -> Option<Markup> {
    let year = report.figures.rolling.iter().find(|window| window.sessions == ROLLING_YEAR)?;
    let sharpe: Vec<_> = year.points.iter().filter_map(|point| Some((point.date, point.sharpe_ratio?))).collect();
    if sharpe.len() < 2 {
        return None;
    }
    let lines = vec![Line { class: "own", name: language.of(texts::SHARPE).to_owned(), samples: sharpe }];
    let scale = Scale::with_zero(&lines);
    let format = |ratio: f64| format::fixed(ratio, 1);
    let chart =
        Chart { label: language.of(texts::ROLLING_SHARPE_LABEL), lines, scale, is_depth: false, format: &format };
    Some(html! { (chart.markup()) p.hint { (language.of(texts::ROLLING_SHARPE)) } })
}

fn regimes(report: &Report<'_>, language: Language) -> Markup {
    let regimes = &report.figures.regimes;
    let rule = if regimes.of_benchmark { texts::REGIMES_OF_BENCHMARK } else { texts::REGIMES_OF_EQUITY };
    html! {
        (tables::regimes(report.figures, language))
        p.hint { (language.of(rule)) }
    }
}
