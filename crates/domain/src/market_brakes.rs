//! Brakes on a whole market: circuit breakers (서킷브레이커) and sidecars (사이드카).
//!
//! Source: KOSPI Business Regulation §16 and §25 with Enforcement Rules §39, KOSDAQ Business Regulation §13 and §26. They
//! apply at once on NXT too (press of 2025-03-04). Each market has its own.

use std::str::FromStr;

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;

use crate::Market;
use crate::time::ymd;

/// An index level in hundredths of a point, as indices are published: 2,650.31 is 265031.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct IndexLevel(pub i64);

impl IndexLevel {
    /// The change from `before`, in basis points, cut off towards zero: it reaches a whole rate when the index does.
    pub fn change_bp(self, before: Self) -> i64 {
        let change = (i128::from(self.0) - i128::from(before.0)) * 10_000 / i128::from(before.0.max(1));
        i64::try_from(change).unwrap_or(if change < 0 { i64::MIN } else { i64::MAX })
    }
}

/// A text that is no index level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no index level: write points above zero with two decimals at most, as 5132.07")]
pub struct BadIndexLevel;

impl FromStr for IndexLevel {
    type Err = BadIndexLevel;

    fn from_str(text: &str) -> Result<Self, BadIndexLevel> {
        let (points, decimals) = text.split_once('.').unwrap_or((text, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if points.is_empty() || decimals.len() > 2 || !is_number(points) || !is_number(decimals) {
            return Err(BadIndexLevel);
        }
        let hundredths = format!("{points}{decimals:0<2}").parse().map_err(|_| BadIndexLevel)?;
        if hundredths > 0 { Ok(Self(hundredths)) } else { Err(BadIndexLevel) }
    }
}

impl TryFrom<String> for IndexLevel {
    type Error = BadIndexLevel;

    fn try_from(text: String) -> Result<Self, BadIndexLevel> {
        text.parse()
    }
}

text_enum! {
    /// The three steps of a circuit breaker.
    CircuitBreaker {
        /// 8 % down: 20 minutes of halt, then a call auction of 10 minutes.
        Level1 = "level_1",
        /// 15 % down: the same again.
        Level2 = "level_2",
        /// 20 % down: the day is over.
        Level3 = "level_3",
    }
}

/// How long a market is halted by a circuit breaker that does not end its day.
pub const HALT: TimeDelta = TimeDelta::minutes(20);
/// How long orders are collected after it.
pub const REOPENING_AUCTION: TimeDelta = TimeDelta::minutes(10);

/// How long an index, or a future, must stay beyond a threshold.
const LASTING: TimeDelta = TimeDelta::minutes(1);
/// Levels 1 and 2, and sidecars, are not set off in the last part of a session.
const LAST_PART: TimeDelta = TimeDelta::minutes(40);

/// The steps in force from a date on: how far the index has to fall, in basis points.
struct Era {
    valid_from: NaiveDate,
    falls_bp: &'static [(CircuitBreaker, i64)],
}

const THREE_STEPS: Era = Era {
    valid_from: ymd(2015, 6, 15),
    falls_bp: &[(CircuitBreaker::Level1, 800), (CircuitBreaker::Level2, 1_500), (CircuitBreaker::Level3, 2_000)],
};

/// One step of 10 % (press of 2011-08-08), latest era first. The first days are from the press and unconfirmed.
const KOSPI: &[Era] =
    &[THREE_STEPS, Era { valid_from: ymd(1998, 12, 7), falls_bp: &[(CircuitBreaker::Level1, 1_000)] }];
const KOSDAQ: &[Era] =
    &[THREE_STEPS, Era { valid_from: ymd(2001, 10, 15), falls_bp: &[(CircuitBreaker::Level1, 1_000)] }];

/// The index of a market at one instant of its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexSituation {
    /// Trade date.
    pub date: NaiveDate,
    /// Market division; KONEX follows KOSDAQ's index in nothing and has no brake.
    pub market: Market,
    /// The index at the close before.
    pub previous_close: IndexLevel,
    /// The index now.
    pub index: IndexLevel,
    /// How long it has stayed at this level or below.
    pub lasting: TimeDelta,
    /// Time since the opening of the session.
    pub since_open: TimeDelta,
    /// Time to its close.
    pub to_close: TimeDelta,
    /// The last step set off today, and the index then.
    pub last_step: Option<(CircuitBreaker, IndexLevel)>,
}

impl IndexSituation {
    /// The circuit breaker that is set off now, if one is. Each is once a day and after the one before it, by at least
    /// 1 % of the index then; the clock starts a minute after the opening.
    pub fn circuit_breaker(&self) -> Option<CircuitBreaker> {
        let eras = match self.market {
            Market::Kospi => KOSPI,
            Market::Kosdaq => KOSDAQ,
            Market::Konex => return None,
        };
        let era = eras.iter().find(|era| era.valid_from <= self.date)?;
        let next = self.last_step.map_or(0, |(step, _)| step as usize + 1);
        let (step, fall_bp) = *era.falls_bp.get(next)?;
        let in_time = step == CircuitBreaker::Level3 || self.to_close > LAST_PART;
        let far_enough = self.last_step.is_none_or(|(_, then)| at_most(self.index, then, 9_900));
        let fallen = at_most(self.index, self.previous_close, 10_000 - fall_bp);
        let lasted = self.lasting >= LASTING && self.since_open >= LASTING + LASTING;
        (in_time && far_enough && fallen && lasted).then_some(step)
    }
}

/// True if `index` is at most `basis_points` of `other`.
fn at_most(index: IndexLevel, other: IndexLevel, basis_points: i64) -> bool {
    i128::from(index.0) * 10_000 <= i128::from(other.0) * i128::from(basis_points)
}

text_enum! {
    /// Which program orders a sidecar holds up for five minutes. Orders of single issues are never held up.
    Sidecar {
        /// Program buys, after a rise.
        Buy = "buy",
        /// Program sells, after a fall.
        Sell = "sell",
    }
}

/// How long a sidecar holds program orders up.
pub const SIDECAR: TimeDelta = TimeDelta::minutes(5);

/// The future of a market, and its index, at one instant of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FutureSituation {
    /// Market division: KOSPI looks at the KOSPI 200 future, KOSDAQ at the KOSDAQ 150 future and its index.
    pub market: Market,
    /// The future against its close before, in basis points.
    pub future_change_bp: i64,
    /// The index against its close before, in basis points.
    pub index_change_bp: i64,
    /// How long both have stayed beyond the threshold.
    pub lasting: TimeDelta,
    /// Time since the opening of the session.
    pub since_open: TimeDelta,
    /// Time to its close.
    pub to_close: TimeDelta,
    /// True if there was one today.
    pub had_one: bool,
}

impl FutureSituation {
    /// The sidecar that is set off now, if one is: once a day, not in the first 5 minutes and not in the last 40.
    pub fn sidecar(&self) -> Option<Sidecar> {
        const FIRST_PART: TimeDelta = TimeDelta::minutes(5);
        let in_time = self.since_open >= FIRST_PART && self.to_close > LAST_PART && self.lasting >= LASTING;
        if self.had_one || !in_time {
            return None;
        }
        let beyond = |sign: i64| match self.market {
            Market::Kospi => sign * self.future_change_bp >= 500,
            Market::Kosdaq => sign * self.future_change_bp >= 600 && sign * self.index_change_bp >= 300,
            Market::Konex => false,
        };
        match (beyond(1), beyond(-1)) {
            (true, _) => Some(Sidecar::Buy),
            (false, true) => Some(Sidecar::Sell),
            (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: TimeDelta = TimeDelta::minutes(1);

    fn market(index: i64) -> IndexSituation {
        IndexSituation {
            date: ymd(2026, 3, 9),
            market: Market::Kospi,
            previous_close: IndexLevel(558_487),
            index: IndexLevel(index),
            lasting: MINUTE,
            since_open: MINUTE * 90,
            to_close: MINUTE * 300,
            last_step: None,
        }
    }

    #[test]
    fn the_breaker_of_2026_03_09_is_set_off() {
        // KOSPI at 5,132.07, 8.10 % below 5,584.87.
        assert_eq!(market(513_207).circuit_breaker(), Some(CircuitBreaker::Level1));
        assert_eq!(market(513_900).circuit_breaker(), None);
        assert_eq!(IndexSituation { lasting: MINUTE / 2, ..market(513_207) }.circuit_breaker(), None);
        assert_eq!(IndexSituation { since_open: MINUTE, ..market(513_207) }.circuit_breaker(), None);
        assert_eq!(IndexSituation { market: Market::Konex, ..market(513_207) }.circuit_breaker(), None);
    }

    #[test]
    fn an_index_is_written_in_points() {
        let read = |text: &str| text.parse::<IndexLevel>().ok().map(|level| level.0);
        assert_eq!([read("5132.07"), read("5132.1"), read("5132")], [Some(513_207), Some(513_210), Some(513_200)]);
        for bad in ["", ".5", "0", "0.00", "-5", "5.123", "5,132.07", "x", "99999999999999999999"] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
        let change = |now, before| IndexLevel(now).change_bp(IndexLevel(before));
        assert_eq!([change(95_001, 100_000), change(95_000, 100_000), change(105_999, 100_000)], [-499, -500, 599]);
    }

    #[test]
    fn steps_come_one_after_the_other() {
        let after = |step, then, index| IndexSituation { last_step: Some((step, IndexLevel(then))), ..market(index) };
        // 15 % of 5,584.87 is 4,747.13; 20 % is 4,467.89.
        assert_eq!(after(CircuitBreaker::Level1, 513_207, 474_714).circuit_breaker(), None);
        assert_eq!(after(CircuitBreaker::Level1, 513_207, 474_713).circuit_breaker(), Some(CircuitBreaker::Level2));
        // A first step far below 8 % leaves less than 1 % to the second.
        assert_eq!(after(CircuitBreaker::Level1, 476_000, 474_713).circuit_breaker(), None);
        assert_eq!(after(CircuitBreaker::Level2, 474_713, 446_789).circuit_breaker(), Some(CircuitBreaker::Level3));
        assert_eq!(after(CircuitBreaker::Level3, 446_789, 300_000).circuit_breaker(), None);
    }

    #[test]
    fn near_the_close_only_the_last_step_is_left() {
        let late = |last_step, index| IndexSituation { to_close: MINUTE * 40, last_step, ..market(index) };
        assert_eq!(late(None, 500_000).circuit_breaker(), None);
        let second = Some((CircuitBreaker::Level2, IndexLevel(474_713)));
        assert_eq!(late(second, 440_000).circuit_breaker(), Some(CircuitBreaker::Level3));
    }

    #[test]
    fn before_2015_there_was_one_step_of_ten_percent() {
        let old = |date, market_division, index| IndexSituation { date, market: market_division, ..market(index) };
        assert_eq!(old(ymd(2011, 8, 8), Market::Kosdaq, 505_000).circuit_breaker(), None);
        assert_eq!(old(ymd(2011, 8, 8), Market::Kosdaq, 502_000).circuit_breaker(), Some(CircuitBreaker::Level1));
        assert_eq!(old(ymd(2001, 9, 12), Market::Kosdaq, 400_000).circuit_breaker(), None);
        assert_eq!(old(ymd(2001, 9, 12), Market::Kospi, 400_000).circuit_breaker(), Some(CircuitBreaker::Level1));
    }

    #[test]
    fn a_sidecar_looks_at_the_future_and_on_kosdaq_at_the_index_too() {
        let kospi = FutureSituation {
            market: Market::Kospi,
            future_change_bp: -500,
            index_change_bp: 0,
            lasting: MINUTE,
            since_open: MINUTE * 5,
            to_close: MINUTE * 41,
            had_one: false,
        };
        assert_eq!(kospi.sidecar(), Some(Sidecar::Sell));
        assert_eq!(FutureSituation { future_change_bp: 510, ..kospi }.sidecar(), Some(Sidecar::Buy));
        assert_eq!(FutureSituation { future_change_bp: 499, ..kospi }.sidecar(), None);
        assert_eq!(FutureSituation { had_one: true, ..kospi }.sidecar(), None);
        assert_eq!(FutureSituation { since_open: MINUTE * 4, ..kospi }.sidecar(), None);
        assert_eq!(FutureSituation { to_close: MINUTE * 40, ..kospi }.sidecar(), None);
        let kosdaq = FutureSituation { market: Market::Kosdaq, future_change_bp: -600, ..kospi };
        assert_eq!(kosdaq.sidecar(), None);
        assert_eq!(FutureSituation { index_change_bp: 300, ..kosdaq }.sidecar(), None);
        assert_eq!(FutureSituation { index_change_bp: -300, ..kosdaq }.sidecar(), Some(Sidecar::Sell));
    }

    proptest! {
        #[test]
        fn a_lower_index_sets_off_what_a_higher_one_does(index in 300_000i64..560_000, lower in 0i64..50_000) {
            let (here, below) = (market(index).circuit_breaker(), market(index - lower).circuit_breaker());
            prop_assert!(here.is_none() || below == here);
        }
    }
}
