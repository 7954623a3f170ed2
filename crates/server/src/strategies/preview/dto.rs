//! Bodies of `/strategies/preview`.

use chrono::NaiveDate;
use exodus_domain::{Interval, Side};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::problem::FieldError;
use crate::http::words;
use crate::strategies::blocks::ChartPane;
use crate::strategies::dto::Text;
use crate::strategies::findings::DocumentFinding;

/// A strategy to look at before it is saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewRequest {
    /// Kind, one of `/strategies/types`.
    pub(crate) strategy_type: String,
    /// Parameters by the schema of the kind; defaults fill what is missing.
    #[schema(value_type = HashMap<String, Value>)]
    pub(crate) parameters: Map<String, Value>,
    /// The issue to try it on; without one only what is wrong is told.
    pub(crate) symbol: Option<String>,
    /// First day; two years before the last one if left out, for minutes the fifth session from the end.
    pub(crate) from: Option<NaiveDate>,
    /// Last day; the last one with bars if left out.
    pub(crate) to: Option<NaiveDate>,
}

/// What a strategy would have done with one issue and 10,000,000 won, by the rules of a backtest.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Preview {
    /// True if the strategy can run; whether there was something to run it on is told by `summary` and `note`.
    pub(crate) runs: bool,
    /// What is wrong with the parameters; what is wrong inside a document is among the findings.
    pub(crate) errors: Vec<FieldError>,
    /// Of a document, errors and warnings in the order of the check, then what other programs do differently.
    pub(crate) findings: Vec<DocumentFinding>,
    /// Length of the bars; null if the strategy cannot run.
    #[schema(required, value_type = Option<words::Interval>)]
    pub(crate) interval: Option<Interval>,
    /// First day looked at; null without bars.
    #[schema(required)]
    pub(crate) from: Option<NaiveDate>,
    /// Last day looked at; null without bars.
    #[schema(required)]
    pub(crate) to: Option<NaiveDate>,
    /// Bars in that time.
    pub(crate) bars: usize,
    /// Of those, bars on which a number of a condition was not defined, so that it could not hold.
    pub(crate) undefined_bars: u64,
    /// The bars, oldest first: start in Unix seconds, open, high, low, close, shares traded.
    #[schema(value_type = Vec<Vec<i64>>)]
    pub(crate) candles: Vec<(i64, i64, i64, i64, i64, i64)>,
    /// Where it would have bought and sold, oldest first.
    pub(crate) markers: Vec<PreviewMarker>,
    /// What it looks at.
    pub(crate) series: Vec<PreviewSeries>,
    /// How it would have done; null if it was not run.
    #[schema(required)]
    pub(crate) summary: Option<PreviewSummary>,
    /// Why there is less to see than asked for; null if there is not.
    #[schema(required)]
    pub(crate) note: Option<Text>,
}

/// One fill.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewMarker {
    /// Start of the bar that filled it, in Unix seconds.
    pub(crate) time: i64,
    /// Side.
    #[schema(value_type = words::Side)]
    pub(crate) side: Side,
    /// Price in won.
    pub(crate) price: i64,
    /// Shares.
    pub(crate) quantity: i64,
    /// Start of the bar at whose close it was decided, in Unix seconds.
    pub(crate) decided_at: i64,
    /// Why.
    pub(crate) reason: Text,
    /// Profit or loss of a sell in won; null for a buy.
    #[schema(required)]
    pub(crate) realized_pnl: Option<i64>,
}

/// One output of an indicator.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewSeries {
    /// Names it among the others: alias and output.
    pub(crate) key: String,
    /// What the strategy calls the indicator.
    pub(crate) alias: String,
    /// The indicator.
    pub(crate) indicator: &'static str,
    /// Its output.
    pub(crate) output: &'static str,
    /// Name of the indicator.
    pub(crate) title: Text,
    /// Where it is drawn.
    pub(crate) pane: ChartPane,
    /// Start of the bar in Unix seconds, and the value on it; bars without a value are left out.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub(crate) points: Vec<(i64, f64)>,
}

/// How it would have done, each figure as in the report of a backtest.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewSummary {
    /// Gain over the whole time, as a ratio.
    pub(crate) total_return: f64,
    /// Last close over the first one, minus one.
    pub(crate) buy_and_hold_return: f64,
    /// Deepest fall from a high, as a ratio.
    pub(crate) max_drawdown: f64,
    /// Fills.
    pub(crate) trades: u64,
    /// Sells with a gain, of all sells; null without a sell.
    #[schema(required)]
    pub(crate) win_rate: Option<f64>,
    /// Mean part of the equity that was invested; null without a session.
    #[schema(required)]
    pub(crate) exposure: Option<f64>,
}
