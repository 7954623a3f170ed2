//! Time-series momentum: an issue that rose over the look-back period is bought, and sold when the rise has gone.
//!
//! Moskowitz, Ooi, Pedersen, "Time series momentum", Journal of Financial Economics 104 (2012), with thresholds around
//! zero to keep it from turning at every bar.

use std::collections::BTreeMap;

use exodus_domain::{Price, Reason, Side};

use super::MomentumParameters;
use crate::strategies::Stance;

/// Momentum at work on one issue.
#[derive(Clone, Debug)]
pub(crate) struct Momentum {
    /// The last `lookback` closes as a ring; `oldest` is where the next one goes.
    closes: Box<[Price]>,
    oldest: usize,
    /// Closes seen, counted up to `lookback`.
    seen: usize,
    /// The close that fell out of the ring at the last bar.
    past: Price,
    /// Change from `past` to the last close, as a ratio.
    change: f64,
    entry: f64,
    exit: f64,
}

impl Momentum {
    pub(crate) fn new(parameters: &MomentumParameters) -> Self {
        Self {
            closes: vec![Price::ZERO; parameters.bars()].into(),
            oldest: 0,
            seen: 0,
            past: Price::ZERO,
            change: 0.0,
            entry: parameters.entry_threshold_percent / 100.0,
            exit: parameters.exit_threshold_percent / 100.0,
        }
    }

    pub(crate) fn on_close(&mut self, close: Price, stance: Stance) -> Option<Side> {
        self.past = std::mem::replace(&mut self.closes[self.oldest], close);
        self.oldest += 1;
        if self.oldest == self.closes.len() {
            self.oldest = 0;
        }
        if self.seen < self.closes.len() {
            self.seen += 1;
            return None;
        }
        // One rounding only, so that a rise of exactly ten percent is not above ten percent.
        self.change = (close - self.past).0 as f64 / self.past.0 as f64;
        match stance {
            Stance::Flat if self.change > self.entry => Some(Side::Buy),
            Stance::Long if self.change < self.exit => Some(Side::Sell),
            _ => None,
        }
    }

    /// Confidence is the share of the bars of the look-back that moved the way of the decision: a steady rise says
    /// more than one jump (Da, Gurun, Warachka, "Frog in the pan", Review of Financial Studies 27, 2014).
    pub(crate) fn explain(&self, side: Side) -> (f64, Reason) {
        let (newer, older) = self.closes.split_at(self.oldest);
        let mut before = self.past;
        let mut agreeing = 0_u32;
        for &close in older.iter().chain(newer) {
            let agrees = match side {
                Side::Buy => close > before,
                Side::Sell => close < before,
            };
            agreeing += u32::from(agrees);
            before = close;
        }
        let lookback = self.closes.len() as f64;
        let (code, threshold) = match side {
            Side::Buy => ("momentum_above_entry", self.entry),
            Side::Sell => ("momentum_below_exit", self.exit),
        };
        let values = [("momentum", self.change), ("threshold", threshold), ("lookback", lookback)];
        let values = BTreeMap::from(values.map(|(name, value)| (name.to_owned(), value)));
        (f64::from(agreeing) / lookback, Reason { code: code.to_owned(), values, conditions: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::validate;
    use crate::strategies::StrategyKind;
    use serde_json::json;

    fn momentum(lookback: u32, entry: f64, exit: f64) -> Momentum {
        let parameters = json!({
            "lookback": lookback,
            "entry_threshold_percent": entry,
            "exit_threshold_percent": exit,
        });
        match validate("momentum", &parameters).map(|strategy| strategy.kind) {
            Ok(StrategyKind::Momentum(parameters)) => Momentum::new(&parameters),
            other => panic!("{other:?} is no momentum"),
        }
    }

    fn decisions(rule: &mut Momentum, closes: &[i64], stance: Stance) -> Vec<Option<Side>> {
        closes.iter().map(|&close| rule.on_close(Price(close), stance)).collect()
    }

    #[test]
    fn the_first_decision_follows_the_warm_up() {
        let mut rule = momentum(3, 0.0, 0.0);
        assert_eq!(decisions(&mut rule, &[10, 11, 12, 13], Stance::Flat), [None, None, None, Some(Side::Buy)]);
    }

    #[test]
    fn thresholds_are_strict_and_compared_with_the_close_lookback_bars_ago() {
        let mut rule = momentum(2, 10.0, -10.0);
        let closes = [100, 500, 110, 551];
        assert_eq!(decisions(&mut rule, &closes, Stance::Flat), [None, None, None, Some(Side::Buy)]);
        let mut rule = momentum(2, 10.0, -10.0);
        let closes = [100, 500, 90, 449];
        assert_eq!(decisions(&mut rule, &closes, Stance::Long), [None, None, None, Some(Side::Sell)]);
    }

    #[test]
    fn nothing_is_bought_while_holding_or_waiting_and_nothing_sold_while_flat() {
        let closes = [100, 110, 121, 100, 90];
        for stance in [Stance::Long, Stance::Pending] {
            let mut rule = momentum(1, 0.0, -90.0);
            assert_eq!(decisions(&mut rule, &closes, stance), [None; 5]);
        }
        let mut rule = momentum(1, 99.0, 0.0);
        assert_eq!(decisions(&mut rule, &closes, Stance::Flat), [None; 5]);
    }

    #[test]
    fn confidence_is_the_share_of_bars_that_agree() {
        let mut rule = momentum(4, 0.0, 0.0);
        assert_eq!(decisions(&mut rule, &[100, 101, 102, 101, 103], Stance::Flat).last(), Some(&Some(Side::Buy)));
        let (confidence, reason) = rule.explain(Side::Buy);
        assert!((confidence - 0.75).abs() < 1e-12);
        assert_eq!(reason.code, "momentum_above_entry");
        assert!((reason.values["momentum"] - 0.03).abs() < 1e-12);
    }
}
