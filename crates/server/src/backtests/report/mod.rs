//! A backtest as one HTML document that opens from disk: no script, no font, no picture from elsewhere.
//!
//! Every text a person typed passes through the templates, which escape it; the document's own policy forbids whatever
//! would be fetched or run all the same.

mod chart;
mod check_texts;
mod checks;
pub(crate) mod figure_texts;
mod figures;
mod format;
mod layout;
mod series;
mod setup;
mod tables;
mod texts;

#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_backtest::Manifest;
use exodus_backtest::robustness::Check;
use exodus_domain::Symbol;
use exodus_store::backtests::BacktestTrade;
use exodus_trading::{Benchmark, EquityPoint, LocalText, Metrics, PerformanceReport, RoundTrip};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Language of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    /// Korean.
    #[default]
    Ko,
    /// English.
    En,
}

impl Language {
    fn tag(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    fn of(self, text: LocalText) -> &'static str {
        match self {
            Self::Ko => text.ko,
            Self::En => text.en,
        }
    }
}

/// What a report shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report<'a> {
    /// Name of the backtest, as typed.
    pub(crate) name: &'a str,
    /// Note on it, as typed; may be empty.
    pub(crate) note: &'a str,
    /// The strategies that shared the wallet.
    pub(crate) strategies: &'a [TestedStrategy<'a>],
    /// The issues with their names, which are empty where they are not known.
    pub(crate) issues: &'a [(Symbol, String)],
    /// How the issues were chosen day by day, as it was asked for; `None` for a fixed list.
    pub(crate) universe: Option<&'a Value>,
    /// First day.
    pub(crate) start_date: NaiveDate,
    /// Last day.
    pub(crate) end_date: NaiveDate,
    /// When it was asked for.
    pub(crate) created_at: DateTime<Utc>,
    /// Headline figures.
    pub(crate) metrics: &'a Metrics,
    /// All figures.
    pub(crate) figures: &'a PerformanceReport,
    /// Equity session by session.
    pub(crate) equity: &'a [EquityPoint],
    /// What it is held against, for the chart.
    pub(crate) benchmark: Option<&'a Benchmark>,
    /// Its fills, oldest first.
    pub(crate) trades: &'a [BacktestTrade],
    /// Its round trips, as the result has them.
    pub(crate) round_trips: &'a [RoundTrip],
    /// What the robustness checks found; none if they were not run.
    pub(crate) checks: &'a [Check],
    /// What it rests on.
    pub(crate) manifest: &'a Manifest,
}

/// A strategy of the backtest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TestedStrategy<'a> {
    /// Its type.
    pub(crate) strategy_type: &'a str,
    /// Its parameters, defaults filled in.
    pub(crate) parameters: &'a Value,
}

/// The whole document.
pub(crate) fn html(report: &Report<'_>, language: Language) -> String {
    layout::document(report, language).into_string()
}
