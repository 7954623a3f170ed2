//! Whether a result can be believed: the same run under conditions that must not matter, or not much.
//!
//! | Check | Passed if |
//! |---|---|
//! | `look_ahead` | runs that end early, and runs whose last bar goes elsewhere after its open, trade as the whole run did |
//! | `warm_up` | twice the warm-up bars give the same trades |
//! | `delay_one_bar` | with fills one bar later, half of the growth rate is kept ([`GROWTH_KEPT`]) |
//! | `double_cost` | with commission and taxes doubled, the total return is above zero |
//! | `trade_order` | of 1,000 draws of the round trips, 95 of 100 end with a gain ([`LEAST_TRIPS`] trips at least) |
//!
//! The first two find mistakes of the program or the strategy; the others tell how much of the result is luck.

mod look_ahead;
mod stress;
mod trade_order;
mod warm_up;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use chrono::NaiveDate;
use exodus_domain::CompactBar;
use serde::{Deserialize, Serialize};

pub use crate::runner::Stress;
pub use look_ahead::look_ahead;
pub use stress::{GROWTH_KEPT, delay_one_bar, double_cost};
pub use trade_order::{LEAST_TRIPS, trade_order};
pub use warm_up::warm_up;

use crate::error::BacktestError;
use crate::result::BacktestResult;
use crate::runner::run_under;
use crate::series::BarSeries;
use crate::spec::{BacktestSpec, Flow};

/// What a check found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Stable word: `look_ahead`, `warm_up`, `delay_one_bar`, `double_cost`, `trade_order`.
    pub code: String,
    /// What came of it.
    pub outcome: CheckOutcome,
    /// Numbers behind it, by name.
    pub values: BTreeMap<String, f64>,
    /// Stable words that say why: of a check that was skipped or failed.
    pub details: Vec<String>,
    /// Where the first difference showed; `None` if none did.
    pub date: Option<NaiveDate>,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// The result stands it.
    Passed,
    /// The result does not stand it.
    Failed,
    /// There is too little to judge by.
    Skipped,
}

/// The run under test, to be repeated with other bars, another specification, or under stress.
pub type Run<'a> = dyn Fn(&BacktestSpec, &[BarSeries], Stress) -> Result<BacktestResult, BacktestError> + 'a;

impl Check {
    fn new(code: &str, passed: bool) -> Self {
        let outcome = if passed { CheckOutcome::Passed } else { CheckOutcome::Failed };
        Self { code: code.to_owned(), outcome, values: BTreeMap::new(), details: Vec::new(), date: None }
    }

    fn skipped(code: &str, why: &str) -> Self {
        Self { outcome: CheckOutcome::Skipped, ..Self::new(code, true) }.with_detail(why)
    }

    fn with_detail(mut self, detail: &str) -> Self {
        self.details.push(detail.to_owned());
        self
    }

    fn with(mut self, name: &str, value: f64) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }
}

/// The most runs that all checks make together.
const PLANNED_RUNS: f64 = look_ahead::MOST_RUNS + 5.0;

/// Every check on a run of `spec`. `progress` is told the finished part, 0 to 1, and may stop them.
///
/// # Errors
/// [`BacktestError`] if the run itself cannot be made, or [`BacktestError::Cancelled`].
pub fn check(
    spec: &BacktestSpec,
    series: &[BarSeries],
    progress: &mut dyn FnMut(f64) -> Flow,
) -> Result<Vec<Check>, BacktestError> {
    let finished = Cell::new(0.0);
    let progress = RefCell::new(progress);
    let run = |spec: &BacktestSpec, series: &[BarSeries], stress: Stress| {
        let result = run_under(stress, spec, series, &mut |part| {
            let whole: f64 = (finished.get() + part) / PLANNED_RUNS;
            (progress.borrow_mut())(whole.min(1.0))
        });
        finished.set(finished.get() + 1.0);
        result
    };
    let result = run(spec, series, Stress::NONE)?;
    Ok(vec![
        look_ahead(spec, series, &result, &run)?,
        warm_up(spec, series, &run)?,
        delay_one_bar(spec, series, &result, &run)?,
        double_cost(spec, series, &result, &run)?,
        trade_order(spec, &result),
    ])
}

/// The bars of a series that are kept.
fn part(series: &BarSeries, keep: impl Fn(&CompactBar) -> bool) -> BarSeries {
    let kept = series.bars().iter().filter(|bar| keep(bar)).map(CompactBar::bar);
    BarSeries::new(series.symbol(), kept).expect("a part of what is in order is in order")
}

/// The bars of a series that a strategy is shown.
fn traded(series: &BarSeries) -> impl DoubleEndedIterator<Item = &CompactBar> {
    series.bars().iter().filter(|bar| !bar.is_halted())
}
