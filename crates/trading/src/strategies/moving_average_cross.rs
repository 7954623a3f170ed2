//! Crossing of two moving averages: an issue is held while the average of its last few closes is above that of many.
//!
//! Brock, Lakonishok, LeBaron, "Simple technical trading rules and the stochastic properties of stock returns", Journal
//! of Finance 47 (1992). Averages are compared as sums of whole won, so that equal averages are equal.

use std::collections::BTreeMap;

use exodus_domain::{Interval, Price, Reason, Side};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Stance, Strategy, StrategyKind};
use crate::catalog::{LocalText, ParameterError, ParameterRange, ParameterSpec, Preset, Ranks, StrategyType, Unit};
use crate::exits::Exits;
use crate::sizing::Sizing;

/// Parameters of the crossing of two moving averages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovingAverageCrossParameters {
    /// Length of the bars.
    pub interval: Interval,
    /// Closes in the fast average; fewer than in the slow one.
    pub fast: u32,
    /// Closes in the slow average.
    pub slow: u32,
}

impl MovingAverageCrossParameters {
    pub(crate) fn warm_up_bars(&self) -> usize {
        bars(self.slow) - 1
    }
}

fn bars(count: u32) -> usize {
    usize::try_from(count).expect("an average of at most 500 bars fits")
}

const PARAMETERS: &[ParameterSpec] = &[
    ParameterSpec::INTERVAL,
    ParameterSpec {
        key: "fast",
        title: LocalText { ko: "단기 이동평균", en: "Fast average" },
        description: LocalText {
            ko: "단기 평균을 내는 종가의 수입니다. 장기 평균보다 작아야 합니다.",
            en: "How many closes the fast average is taken of. Fewer than the slow average.",
        },
        unit: Some(Unit::Bars),
        group: "signal",
        when: &[],
        range: ParameterRange::Integer { minimum: 1, maximum: 499, default: 20 },
    },
    ParameterSpec {
        key: "slow",
        title: LocalText { ko: "장기 이동평균", en: "Slow average" },
        description: LocalText {
            ko: "장기 평균을 내는 종가의 수입니다. 단기 평균이 장기 평균보다 높은 동안 보유합니다.",
            en: "How many closes the slow average is taken of. Holds while the fast average is above it.",
        },
        unit: Some(Unit::Bars),
        group: "signal",
        when: &[],
        range: ParameterRange::Integer { minimum: 2, maximum: 500, default: 60 },
    },
];

const PRESETS: &[Preset] = &[
    Preset {
        name: LocalText { ko: "중기 골든크로스 (20/60일)", en: "Medium golden cross (20/60 days)" },
        strategy: || preset(Interval::Day1, 20, 60),
    },
    Preset {
        name: LocalText { ko: "단기 골든크로스 (5/20일)", en: "Short golden cross (5/20 days)" },
        strategy: || preset(Interval::Day1, 5, 20),
    },
    Preset {
        name: LocalText { ko: "장기 골든크로스 (50/200일)", en: "Long golden cross (50/200 days)" },
        strategy: || preset(Interval::Day1, 50, 200),
    },
    Preset {
        name: LocalText { ko: "60일선 위에서 보유", en: "Close above its 60-day average" },
        strategy: || preset(Interval::Day1, 1, 60),
    },
    Preset {
        name: LocalText { ko: "1분봉 5/20", en: "One-minute bars, 5/20" },
        strategy: || preset(Interval::Minute1, 5, 20),
    },
];

fn preset(interval: Interval, fast: u32, slow: u32) -> Strategy {
    let kind = StrategyKind::MovingAverageCross(MovingAverageCrossParameters { interval, fast, slow });
    Strategy::new(kind, Sizing::default(), Exits::default())
}

pub(crate) const TYPE: StrategyType = StrategyType {
    id: "moving_average_cross",
    title: LocalText { ko: "이동평균 교차", en: "Moving average cross" },
    description: LocalText {
        ko: "단기 이동평균이 장기 이동평균보다 높은 동안 보유하고, 내려가면 팝니다.",
        en: "Holds an issue while its fast moving average is above the slow one, and sells it when it is not.",
    },
    own: PARAMETERS,
    ranks: Ranks::Never,
    stops_in_document: false,
    presets: PRESETS,
    build,
};

fn build(parameters: Value) -> Result<StrategyKind, Vec<ParameterError>> {
    let parameters: MovingAverageCrossParameters = serde_json::from_value(parameters)
        .map_err(|error| vec![ParameterError::new("parameters", error.to_string())])?;
    if parameters.fast >= parameters.slow {
        let message = "must be less than the slow average, or the two would never cross";
        return Err(vec![ParameterError::new("fast", message)]);
    }
    Ok(StrategyKind::MovingAverageCross(parameters))
}

/// Two moving averages at work on one issue.
#[derive(Clone, Debug)]
pub(crate) struct MovingAverageCross {
    /// The last closes as a ring, as many as the slow average takes; zeros before the first.
    closes: Box<[Price]>,
    /// The close that leaves the slow average next; the new one takes its place.
    oldest: usize,
    /// The close that leaves the fast average next.
    leaving_fast: usize,
    /// Closes seen, counted up to the length of the slow average.
    seen: usize,
    fast: i64,
    slow: i64,
    fast_sum: i64,
    slow_sum: i64,
}

impl MovingAverageCross {
    pub(crate) fn new(parameters: &MovingAverageCrossParameters) -> Self {
        let (fast, slow) = (parameters.fast, parameters.slow);
        Self {
            closes: vec![Price::ZERO; bars(slow)].into(),
            oldest: 0,
            leaving_fast: bars(slow - fast),
            seen: 0,
            fast: fast.into(),
            slow: slow.into(),
            fast_sum: 0,
            slow_sum: 0,
        }
    }

    #[inline]
    pub(crate) fn on_close(&mut self, close: Price, stance: Stance) -> Option<Side> {
        self.fast_sum += close.0 - self.closes[self.leaving_fast].0;
        self.slow_sum += close.0 - self.closes[self.oldest].0;
        self.closes[self.oldest] = close;
        self.oldest = self.after(self.oldest);
        self.leaving_fast = self.after(self.leaving_fast);
        if self.seen + 1 < self.closes.len() {
            self.seen += 1;
            return None;
        }
        // Both averages times both lengths: whole numbers.
        let fast_is_above = self.fast_sum * self.slow > self.slow_sum * self.fast;
        match stance {
            Stance::Flat if fast_is_above => Some(Side::Buy),
            Stance::Long if !fast_is_above => Some(Side::Sell),
            _ => None,
        }
    }

    /// The next place in the ring.
    fn after(&self, place: usize) -> usize {
        if place + 1 == self.closes.len() { 0 } else { place + 1 }
    }

    /// Confidence is the share of the closes in the fast average that lie on the side of the decision, seen from the slow
    /// average: a cross that one jump has made is worth less than one that many bars agree on.
    pub(crate) fn explain(&self, side: Side) -> (f64, Reason) {
        let length = self.closes.len();
        let is_above = |close: Price| close.0 * self.slow > self.slow_sum;
        let window = (0..length).cycle().skip(self.leaving_fast).map(|place| self.closes[place]);
        let agreeing = (0..self.fast).zip(window).filter(|(_, close)| is_above(*close) == (side == Side::Buy)).count();
        let confidence = agreeing as f64 / self.fast as f64;
        let average = |sum: i64, count: i64| sum as f64 / count as f64;
        let values = [
            ("fast", self.fast as f64),
            ("slow", self.slow as f64),
            ("fast_average", average(self.fast_sum, self.fast)),
            ("slow_average", average(self.slow_sum, self.slow)),
        ];
        let code = match side {
            Side::Buy => "fast_average_above_slow",
            Side::Sell => "fast_average_not_above_slow",
        };
        let values = BTreeMap::from(values.map(|(name, value)| (name.to_owned(), value)));
        (confidence, Reason { code: code.to_owned(), values, conditions: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::validate;
    use proptest::{prop_assert_eq, proptest};
    use serde_json::json;

    fn cross(fast: u32, slow: u32) -> MovingAverageCross {
        match preset(Interval::Day1, fast, slow).kind {
            StrategyKind::MovingAverageCross(parameters) => MovingAverageCross::new(&parameters),
            other => panic!("{other:?} is no cross"),
        }
    }

    fn decisions(rule: &mut MovingAverageCross, closes: &[i64], stance: Stance) -> Vec<Option<Side>> {
        closes.iter().map(|&close| rule.on_close(Price(close), stance)).collect()
    }

    #[test]
    fn the_first_decision_is_on_the_bar_that_completes_the_slow_average() {
        let strategy = preset(Interval::Day1, 1, 3);
        assert_eq!(strategy.warm_up_bars(), 2);
        assert_eq!(decisions(&mut cross(1, 3), &[10, 11, 12], Stance::Flat), [None, None, Some(Side::Buy)]);
    }

    #[test]
    fn equal_averages_are_no_reason_to_buy_and_one_to_sell() {
        let closes = [10, 10, 10];
        assert_eq!(decisions(&mut cross(1, 3), &closes, Stance::Flat), [None; 3]);
        assert_eq!(decisions(&mut cross(1, 3), &closes, Stance::Long), [None, None, Some(Side::Sell)]);
        assert_eq!(decisions(&mut cross(1, 3), &closes, Stance::Pending), [None; 3]);
    }

    #[test]
    fn the_reason_tells_both_averages_and_confidence_the_closes_that_agree() {
        let mut rule = cross(3, 4);
        assert_eq!(decisions(&mut rule, &[100, 90, 110, 120], Stance::Flat).last(), Some(&Some(Side::Buy)));
        let (confidence, reason) = rule.explain(Side::Buy);
        // Of 90, 110 and 120, two are above the slow average of 105.
        assert!((confidence - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(reason.code, "fast_average_above_slow");
        assert!((reason.values["fast_average"] - 320.0 / 3.0).abs() < 1e-12);
        assert!((reason.values["slow_average"] - 105.0).abs() < 1e-12);
    }

    #[test]
    fn a_fast_average_that_is_not_faster_is_refused() {
        for (fast, slow) in [(20, 20), (60, 20)] {
            let errors = validate("moving_average_cross", &json!({ "fast": fast, "slow": slow })).expect_err("refused");
            assert_eq!(errors[0].field, "fast");
        }
    }

    proptest! {
        /// Sums that are carried along decide as averages worked out afresh do.
        #[test]
        fn carried_sums_equal_sums_from_scratch(
            closes in proptest::collection::vec(1_i64..3_000_000, 1..80),
            fast in 1_u32..10,
            longer in 1_u32..10,
        ) {
            let slow = fast + longer;
            let mut rule = cross(fast, slow);
            for n in 1..=closes.len() {
                let newest = |count: u32| closes[..n].iter().rev().take(bars(count)).sum::<i64>();
                let above = newest(fast) * i64::from(slow) > newest(slow) * i64::from(fast);
                let expected = (n >= bars(slow) && above).then_some(Side::Buy);
                prop_assert_eq!(rule.on_close(Price(closes[n - 1]), Stance::Flat), expected);
            }
        }
    }
}
