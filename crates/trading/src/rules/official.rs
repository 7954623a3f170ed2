//! The orders of the official backtester, to compare with: nothing trades by them.
//!
//! It decides and fills on the same close, measures its exits from the close of the signal, looks at them on closes only,
//! and reads what is held before it buys, so that nothing is sold on the bar it was bought on (kis-yaml §13).

use std::collections::BTreeMap;
use std::sync::Arc;

use exodus_domain::{Reason, Side};

use super::plan::{Plan, Stops};
use super::study::{Evaluation, RulesStudy};
use crate::indicators::{EvaluationMode, StudyBar};

/// An order of the official backtester, filled as soon as it is made. It buys with all there is and sells everything.
#[derive(Clone, Debug, PartialEq)]
pub struct OfficialOrder {
    /// Side.
    pub side: Side,
    /// Close of the bar, in won, before slippage.
    pub price: f64,
    /// Why.
    pub reason: Reason,
}

/// The official backtester on the bars of one issue.
#[derive(Debug)]
pub struct OfficialTrading {
    study: RulesStudy,
    stops: Stops,
    held: Option<Held>,
}

/// What it remembers of a position.
#[derive(Clone, Copy, Debug)]
struct Held {
    /// Close of the signal to buy.
    signal: f64,
    /// Highest close since.
    highest: f64,
}

impl OfficialTrading {
    /// Before the first bar.
    pub fn new(plan: Arc<Plan>) -> Self {
        Self { stops: plan.stops(), study: RulesStudy::new(plan, EvaluationMode::Official), held: None }
    }

    /// Takes the next bar: what its conditions say, and the order it leads to. No evaluation until all indicators and
    /// patterns are ready.
    pub fn step(&mut self, bar: &StudyBar) -> (Option<Evaluation>, Option<OfficialOrder>) {
        let evaluation = self.study.step(bar);
        let order = evaluation.and_then(|evaluation| match &mut self.held {
            None if evaluation.entry => {
                self.held = Some(Held { signal: bar.close, highest: bar.close });
                Some((Side::Buy, self.study.reason(Side::Buy)))
            }
            None => None,
            Some(held) => {
                held.highest = held.highest.max(bar.close);
                let stopped = stop(&self.stops, held, bar.close);
                let reason = if evaluation.exit { Some(self.study.reason(Side::Sell)) } else { stopped };
                reason.map(|reason| {
                    self.held = None;
                    (Side::Sell, reason)
                })
            }
        });
        (evaluation, order.map(|(side, reason)| OfficialOrder { side, price: bar.close, reason }))
    }

    /// The conditions at work.
    pub fn study(&self) -> &RulesStudy {
        &self.study
    }
}

/// The first exit by price that a close meets.
fn stop(stops: &Stops, held: &Held, close: f64) -> Option<Reason> {
    let met = |code: &str, from: f64, limit: f64| {
        let values = [("change", (close - from) / from), ("limit", limit / 100.0), ("from", from), ("close", close)];
        let values = BTreeMap::from(values.map(|(name, value)| (name.to_owned(), value)));
        Reason { code: code.to_owned(), values, conditions: Vec::new() }
    };
    // In its order of operations, so that its last bits are the same.
    let percent = |from: f64| (close - from) / from * 100.0;
    if let Some(limit) = stops.stop_loss.filter(|limit| percent(held.signal) <= -limit) {
        return Some(met("stop_loss", held.signal, -limit));
    }
    if let Some(limit) = stops.take_profit.filter(|limit| percent(held.signal) >= *limit) {
        return Some(met("take_profit", held.signal, limit));
    }
    let limit = stops.trailing.filter(|limit| percent(held.highest) <= -limit)?;
    Some(met("trailing_stop", held.highest, -limit))
}
