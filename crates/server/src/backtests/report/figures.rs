//! The headline cards, and every figure with how it was computed.

use exodus_domain::Won;
use exodus_trading::{Figure, LocalText, PerformanceReport};
use maud::{Markup, html};

use super::figure_texts::{FigureText, Unit, text_of};
use super::format::{self, NOTHING};
use super::{Language, Report, texts};

/// The figures that a reader looks for first.
pub(super) fn headline(report: &Report<'_>, language: Language) -> Markup {
    let Report { metrics, figures, .. } = report;
    let maybe = |value: Option<f64>, show: &dyn Fn(f64) -> String| value.map_or_else(|| NOTHING.to_owned(), show);
    let plain = |ratio: f64| format::fixed(ratio, 2);
    let card = |title: LocalText, value: String, tone: &str| {
        html! {
            div.card { dt { (language.of(title)) } dd.(tone) { (value) } }
        }
    };
    let gain = |title: LocalText, ratio: f64| card(title, format::signed_percent(ratio), format::tone(ratio));
    html! {
        dl.cards {
            (gain(title("returns.total_return"), metrics.total_return))
            (gain(title("returns.annual_return"), metrics.annual_return))
            (gain(title("drawdown.max_drawdown"), metrics.max_drawdown))
            (card(title("risk.sharpe_ratio"), maybe(metrics.sharpe_ratio, &plain), "flat"))
            (card(title("risk.volatility"), maybe(metrics.volatility, &format::percent), "flat"))
            (card(title("trips.win_rate"), maybe(figures.trips.win_rate, &format::percent), "flat"))
            (card(texts::FINAL_CAPITAL, format::won(metrics.final_capital, language), "flat"))
            @if let Some(benchmark) = figures.benchmark {
                (gain(texts::OVER_BENCHMARK, benchmark.excess_return))
            }
        }
    }
}

/// All figures by group.
pub(super) fn all(report: &PerformanceReport, language: Language) -> Markup {
    let figures = report.figures();
    let groups = figures.chunk_by(|left, right| left.group == right.group);
    let told = groups.filter(|group| group[0].group != "benchmark" || report.benchmark.is_some());
    html! {
        div.groups {
            @for group in told {
                @if let Some(heading) = texts::group(group[0].group) {
                    section.group {
                        h3 { (language.of(heading)) }
                        table.figures {
                            tbody { @for figure in group { (row(report, figure, language)) } }
                        }
                    }
                }
            }
        }
    }
}

fn row(report: &PerformanceReport, figure: &Figure, language: Language) -> Markup {
    let id = format!("{}.{}", figure.group, figure.name);
    // What the result says of itself comes before what this version of the program would say.
    let stored = report.conventions.iter().find(|convention| convention.figure == id);
    let english = stored.map_or(figure.convention, |convention| &convention.text);
    html! {
        @if let Some(text) = text_of(&id) {
            tr {
                th scope="row" {
                    (language.of(text.title))
                    @match language {
                        Language::Ko => small { (text.convention) },
                        Language::En => small { (english) },
                    }
                }
                td { (shown(text, figure.value, language)) }
            }
        }
    }
}

fn shown(text: &FigureText, value: Option<f64>, language: Language) -> String {
    let Some(value) = value else { return NOTHING.to_owned() };
    match text.unit {
        Unit::Percent => format::percent(value),
        Unit::Ratio => format::fixed(value, 2),
        Unit::Won => format::won(Won(value as i64), language),
        Unit::Count => format::fixed(value, 0),
        Unit::Days => match language {
            Language::Ko => format!("{}일", format::fixed(value, 1)),
            Language::En => format!("{} d", format::fixed(value, 1)),
        },
        Unit::BasisPoints => format!("{} bp", format::fixed(value, 1)),
    }
}

fn title(figure: &str) -> LocalText {
    text_of(figure).expect("a test finds a text for every figure").title
}
