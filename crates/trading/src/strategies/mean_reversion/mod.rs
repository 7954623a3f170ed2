//! Mean reversion: an issue that fell far below what is usual is bought, and sold when it is back.
//!
//! How far is told by one of three measures: the relative strength index (J. Welles Wilder, "New Concepts in Technical
//! Trading Systems", 1978), the place of the close between its Bollinger bands (%b; John Bollinger, "Bollinger on
//! Bollinger Bands", 2001), or its distance to the mean in standard deviations. Short-term reversals: Jegadeesh,
//! "Evidence of predictable behavior of security returns", Journal of Finance 45 (1990); Lehmann, "Fads, martingales, and
//! market efficiency", Quarterly Journal of Economics 105 (1990).

mod parameters;

use std::collections::BTreeMap;

use exodus_domain::{Bar, Interval, Reason, Side};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub(crate) use self::parameters::TYPE;
use super::Stance;
use crate::indicators::blocks::{Filter, Moments, Sma, Window, ratio_or};
use crate::indicators::{EvaluationMode, IndicatorType, Parameters, Study, StudyBar, indicator};

/// What tells how far an issue fell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReversionSignal {
    /// Relative strength index.
    Rsi,
    /// Place between the Bollinger bands, 0 at the lower and 1 at the upper one.
    Bollinger,
    /// Distance to the mean in standard deviations.
    ZScore,
}

/// Parameters of mean reversion. Those of signals that are not chosen are kept as they were given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeanReversionParameters {
    /// Length of the bars.
    pub interval: Interval,
    /// What tells how far an issue fell.
    pub signal: ReversionSignal,
    /// Bars of the relative strength index.
    pub rsi_period: u32,
    /// Buy below this index.
    pub rsi_entry: f64,
    /// Sell above this index.
    pub rsi_exit: f64,
    /// Bars of the Bollinger bands.
    pub band_period: u32,
    /// Distance of the bands from their middle in standard deviations.
    pub band_deviations: f64,
    /// Buy below this place between the bands.
    pub percent_b_entry: f64,
    /// Sell above this place between the bands.
    pub percent_b_exit: f64,
    /// Bars of mean and standard deviation.
    pub z_period: u32,
    /// Buy below this distance.
    pub z_entry: f64,
    /// Sell above this distance.
    pub z_exit: f64,
    /// Buy only above the average of so many closes; 0 for no such filter.
    pub trend_period: u32,
}

impl MeanReversionParameters {
    /// The levels at which the chosen signal buys and sells.
    fn levels(&self) -> (f64, f64) {
        match self.signal {
            ReversionSignal::Rsi => (self.rsi_entry, self.rsi_exit),
            ReversionSignal::Bollinger => (self.percent_b_entry, self.percent_b_exit),
            ReversionSignal::ZScore => (self.z_entry, self.z_exit),
        }
    }

    /// Bars of the chosen signal.
    fn period(&self) -> u32 {
        match self.signal {
            ReversionSignal::Rsi => self.rsi_period,
            ReversionSignal::Bollinger => self.band_period,
            ReversionSignal::ZScore => self.z_period,
        }
    }

    pub(crate) fn warm_up_bars(&self) -> usize {
        let count = |bars: u32| usize::try_from(bars).expect("a few hundred bars fit");
        let period = count(self.period());
        let signal = match self.signal {
            // Wilder's averages carry all of the past: after four more periods less than two percent of it is left.
            ReversionSignal::Rsi => 5 * period,
            ReversionSignal::Bollinger | ReversionSignal::ZScore => period - 1,
        };
        signal.max(count(self.trend_period).saturating_sub(1))
    }
}

/// Mean reversion at work on one issue.
#[derive(Debug)]
pub(crate) struct MeanReversion {
    measure: Measure,
    trend: Option<Sma>,
    entry: f64,
    exit: f64,
    period: f64,
    trend_period: f64,
    /// The measure on the last bar.
    value: f64,
    /// The average of the filter on the last bar.
    average: Option<f64>,
}

/// What tells how far the issue fell, at work.
#[derive(Debug)]
enum Measure {
    Rsi(Box<dyn Study>),
    PercentB(Box<dyn Study>),
    ZScore(Window<Moments>),
}

/// An indicator with parameters in its range, from the catalogue of indicators.
fn study(id: &str, parameters: &Value) -> Box<dyn Study> {
    let found: Option<(&IndicatorType, Parameters)> = indicator(id).and_then(|kind| {
        let given: &Map<String, Value> = parameters.as_object()?;
        Some((kind, kind.check(given).ok()?))
    });
    let (kind, parameters) = found.expect("the ranges of this strategy lie within those of its indicators: a test");
    kind.start(&parameters, EvaluationMode::Exodus)
}

impl Measure {
    fn new(parameters: &MeanReversionParameters) -> Self {
        match parameters.signal {
            ReversionSignal::Rsi => Self::Rsi(study("rsi", &json!({ "period": parameters.rsi_period }))),
            ReversionSignal::Bollinger => {
                let given = json!({ "period": parameters.band_period, "std": parameters.band_deviations });
                Self::PercentB(study("bollinger", &given))
            }
            ReversionSignal::ZScore => {
                Self::ZScore(Window::new(usize::try_from(parameters.z_period).expect("a few hundred bars fit")))
            }
        }
    }

    /// Its value on the next bar; `None` until it is ready, and where prices stand still.
    fn step(&mut self, bar: &StudyBar) -> Option<f64> {
        let value = match self {
            Self::Rsi(study) => study.step(bar)?.get(0)?,
            Self::PercentB(study) => {
                let bands = study.step(bar)?;
                let (upper, lower) = (bands.get(0)?, bands.get(2)?);
                ratio_or(bar.close - lower, upper - lower, f64::NAN)
            }
            Self::ZScore(closes) => {
                let closes = closes.push(Moments::of(bar.close))?;
                ratio_or(bar.close - closes.mean(), closes.sample_variance().sqrt(), f64::NAN)
            }
        };
        value.is_finite().then_some(value)
    }

    /// Its name among the values of a reason, and the codes of a buy and of a sell.
    fn words(&self) -> (&'static str, [&'static str; 2]) {
        match self {
            Self::Rsi(_) => ("rsi", ["rsi_below_entry", "rsi_above_exit"]),
            Self::PercentB(_) => ("percent_b", ["percent_b_below_entry", "percent_b_above_exit"]),
            Self::ZScore(_) => ("z_score", ["z_score_below_entry", "z_score_above_exit"]),
        }
    }
}

impl MeanReversion {
    pub(crate) fn new(parameters: &MeanReversionParameters) -> Self {
        let (entry, exit) = parameters.levels();
        let trend_period = usize::try_from(parameters.trend_period).expect("a few hundred bars fit");
        Self {
            measure: Measure::new(parameters),
            trend: (trend_period > 0).then(|| Sma::new(trend_period)),
            entry,
            exit,
            period: parameters.period().into(),
            trend_period: parameters.trend_period.into(),
            value: f64::NAN,
            average: None,
        }
    }

    pub(crate) fn on_bar(&mut self, bar: &Bar, stance: Stance) -> Option<Side> {
        let bar = StudyBar::from(bar);
        self.average = self.trend.as_mut().and_then(|trend| trend.push(bar.close));
        self.value = self.measure.step(&bar)?;
        let is_in_trend = self.trend.is_none() || self.average.is_some_and(|average| bar.close > average);
        match stance {
            Stance::Flat if self.value < self.entry && is_in_trend => Some(Side::Buy),
            Stance::Long if self.value > self.exit => Some(Side::Sell),
            _ => None,
        }
    }

    /// Confidence is how far the measure went beyond its level, as a part of the way between both levels.
    pub(crate) fn explain(&self, side: Side) -> (f64, Reason) {
        let (name, [below, above]) = self.measure.words();
        let (code, threshold, beyond) = match side {
            Side::Buy => (below, self.entry, self.entry - self.value),
            Side::Sell => (above, self.exit, self.value - self.exit),
        };
        let mut values = BTreeMap::from([(name.to_owned(), self.value), ("threshold".to_owned(), threshold)]);
        values.insert("period".to_owned(), self.period);
        if let (Side::Buy, Some(average)) = (side, self.average) {
            values.insert("trend_average".to_owned(), average);
            values.insert("trend_period".to_owned(), self.trend_period);
        }
        let confidence = (beyond / (self.exit - self.entry)).clamp(0.0, 1.0);
        (confidence, Reason { code: code.to_owned(), values, conditions: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ParameterRange, strategy_type, validate};
    use crate::strategies::StrategyKind;
    use exodus_domain::{Price, Qty};
    use proptest::prelude::*;

    fn at_work(parameters: Value) -> MeanReversion {
        match validate("mean_reversion", &parameters).map(|strategy| strategy.kind) {
            Ok(StrategyKind::MeanReversion(parameters)) => MeanReversion::new(&parameters),
            other => panic!("{other:?} is no mean reversion"),
        }
    }

    fn step(rule: &mut MeanReversion, close: i64, stance: Stance) -> Option<Side> {
        let price = Price(close);
        let open_time = chrono::DateTime::from_timestamp(0, 0).expect("a time");
        rule.on_bar(&Bar { open_time, open: price, high: price, low: price, close: price, volume: Qty(1) }, stance)
    }

    fn decisions(rule: &mut MeanReversion, closes: &[i64], stance: Stance) -> Vec<Option<Side>> {
        closes.iter().map(|close| step(rule, *close, stance)).collect()
    }

    #[test]
    fn the_strength_index_buys_after_falls_and_sells_after_rises() {
        // Falls of 10 and 10 and no rise: the index is 0. Then a rise of 20: (0 + 20) / 2 against (10 + 0) / 2, so 66.7.
        let mut rule = at_work(json!({ "signal": "rsi", "rsi_period": 2, "rsi_entry": 30, "rsi_exit": 60 }));
        assert_eq!(decisions(&mut rule, &[100, 90, 80], Stance::Flat), [None, None, Some(Side::Buy)]);
        let (confidence, reason) = rule.explain(Side::Buy);
        assert_eq!((confidence, reason.code.as_str()), (1.0, "rsi_below_entry"));
        let expected = [("period", 2.0), ("rsi", 0.0), ("threshold", 30.0)];
        assert_eq!(reason.values, BTreeMap::from(expected.map(|(name, value)| (name.to_owned(), value))));
        assert_eq!(step(&mut rule, 100, Stance::Long), Some(Side::Sell));
        let (confidence, reason) = rule.explain(Side::Sell);
        assert_eq!(reason.code, "rsi_above_exit");
        assert!((reason.values["rsi"] - 200.0 / 3.0).abs() < 1e-9);
        assert!((confidence - (200.0 / 3.0 - 60.0) / 30.0).abs() < 1e-9);
    }

    #[test]
    fn the_place_between_the_bands_decides() {
        // 10, 10, 10, 6: mean 9, deviation √3 of the population; bands at 9 ± 2√3, so %b = (6 − 9 + 2√3) / 4√3 = 0.067.
        let bands = |entry: f64| {
            at_work(json!({ "signal": "bollinger", "band_period": 4, "percent_b_entry": entry, "percent_b_exit": 0.5 }))
        };
        let mut rule = bands(0.1);
        assert_eq!(decisions(&mut rule, &[10, 10, 10, 6], Stance::Flat), [None, None, None, Some(Side::Buy)]);
        let expected = (2.0 * 3_f64.sqrt() - 3.0) / (4.0 * 3_f64.sqrt());
        assert!((rule.explain(Side::Buy).1.values["percent_b"] - expected).abs() < 1e-12);
        assert_eq!(decisions(&mut bands(0.05), &[10, 10, 10, 6], Stance::Flat), [None; 4]);
        assert_eq!(step(&mut rule, 10, Stance::Long), Some(Side::Sell));
    }

    #[test]
    fn the_distance_to_the_mean_decides() {
        // 10, 10, 10, 6: mean 9, deviation 2 of the sample, so −1.5.
        let z = |entry: f64| at_work(json!({ "signal": "z_score", "z_period": 4, "z_entry": entry, "z_exit": 0 }));
        let mut rule = z(-1.4);
        assert_eq!(decisions(&mut rule, &[10, 10, 10, 6], Stance::Flat).last(), Some(&Some(Side::Buy)));
        assert!((rule.explain(Side::Buy).1.values["z_score"] + 1.5).abs() < 1e-12);
        assert_eq!(decisions(&mut z(-1.5), &[10, 10, 10, 6], Stance::Flat).last(), Some(&None), "levels are strict");
    }

    #[test]
    fn the_filter_lets_nothing_be_bought_below_the_long_average() {
        let parameters = json!({ "signal": "z_score", "z_period": 3, "z_entry": -1, "z_exit": 0, "trend_period": 5 });
        // The last three are 90, 90, 60 in both: −1.15 deviations. The average of five is 50 and then 86.
        let mut rising = at_work(parameters.clone());
        assert_eq!(decisions(&mut rising, &[5, 5, 90, 90, 60], Stance::Flat).last(), Some(&Some(Side::Buy)));
        let reason = rising.explain(Side::Buy).1;
        assert_eq!((reason.values["trend_average"], reason.values["trend_period"]), (50.0, 5.0));
        let mut falling = at_work(parameters);
        assert_eq!(decisions(&mut falling, &[95, 95, 90, 90, 60], Stance::Flat).last(), Some(&None));
        // What is held is sold all the same.
        assert_eq!(step(&mut falling, 85, Stance::Long), Some(Side::Sell));
    }

    #[test]
    fn a_price_that_stands_still_is_neither_bought_nor_sold() {
        for signal in ["bollinger", "z_score"] {
            for stance in [Stance::Flat, Stance::Long] {
                let mut rule = at_work(json!({ "signal": signal, "band_period": 3, "z_period": 3 }));
                assert_eq!(decisions(&mut rule, &[100; 6], stance), [None; 6], "{signal}");
            }
        }
    }

    #[test]
    fn an_exit_that_is_not_above_the_entry_is_refused_for_the_chosen_signal_only() {
        let rows = [("rsi", "rsi_exit", 30.0), ("bollinger", "percent_b_exit", 0.0), ("z_score", "z_exit", -2.0)];
        for (signal, field, exit) in rows {
            let errors = validate("mean_reversion", &json!({ "signal": signal, field: exit })).expect_err("refused");
            assert_eq!(errors[0].field, field);
            let other = if signal == "rsi" { "z_score" } else { "rsi" };
            assert!(validate("mean_reversion", &json!({ "signal": other, field: exit })).is_ok(), "{signal}");
        }
    }

    #[test]
    fn every_end_of_every_range_starts() {
        let kind = strategy_type("mean_reversion").expect("a type");
        for spec in kind.own {
            let ends = match spec.range {
                ParameterRange::Integer { minimum, maximum, .. } => [json!(minimum), json!(maximum)],
                ParameterRange::Number { minimum, maximum, .. } => [json!(minimum), json!(maximum)],
                _ => continue,
            };
            for (end, signal) in
                ends.into_iter().flat_map(|end| ["rsi", "bollinger", "z_score"].map(|s| (end.clone(), s)))
            {
                if let Ok(strategy) = validate("mean_reversion", &json!({ spec.key: end, "signal": signal })) {
                    let StrategyKind::MeanReversion(parameters) = strategy.kind else { panic!("another kind") };
                    step(&mut MeanReversion::new(&parameters), 100, Stance::Flat);
                }
            }
        }
    }

    proptest! {
        /// With as many bars as it asks for, it decides on the next one as after any number of them; Wilder's averages
        /// agree as far as four of their periods let them.
        #[test]
        fn the_warm_up_is_long_enough(
            closes in prop::collection::vec(900i64..1_100, 130..200),
            signal in prop::sample::select(vec!["rsi", "bollinger", "z_score"]),
        ) {
            let parameters = json!({ "signal": signal, "trend_period": 50 });
            let mut whole = at_work(parameters.clone());
            let mut late = at_work(parameters.clone());
            let strategy = validate("mean_reversion", &parameters).expect("valid");
            let from = closes.len() - 1 - strategy.warm_up_bars();
            decisions(&mut whole, &closes, Stance::Pending);
            decisions(&mut late, &closes[from..], Stance::Pending);
            prop_assert_eq!(whole.average, late.average);
            let tolerance = if signal == "rsi" { 2.0 } else { 1e-9 };
            prop_assert!((whole.value - late.value).abs() < tolerance, "{} {}", whole.value, late.value);
        }
    }
}
