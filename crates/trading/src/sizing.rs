//! How many shares.

use exodus_domain::{Bar, Interval, Price, Qty, Won};
use serde::{Deserialize, Serialize};
use serde_json::Map;

use crate::indicators::{EvaluationMode, IndicatorType, Parameters, Study, StudyBar, indicator};

/// How the size of a position is worked out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SizingMethod {
    /// A part of equity.
    #[default]
    PercentOfEquity,
    /// Equity in equal parts: one for each issue watched, or for each that a ranking holds.
    EqualWeight,
    /// So many won.
    FixedAmount,
    /// As much as adds a given volatility to equity.
    VolatilityTarget,
    /// As much as loses a given part of equity if the price falls by a multiple of its average true range.
    AtrRisk,
    /// Equity in parts that grow with the rank: N for the best of N, one for the last.
    RankWeight,
}

/// The size of positions, as parameters. Those that the method does not use are kept as they were given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sizing {
    /// Method.
    #[serde(rename = "sizing")]
    pub method: SizingMethod,
    /// Part of equity in one issue, in percent.
    pub position_size_percent: f64,
    /// Won in one issue.
    pub position_amount: Won,
    /// Annual volatility that one issue adds to equity, in percent.
    pub target_volatility_percent: f64,
    /// Bars that volatility is measured over.
    pub volatility_window: u32,
    /// Part of equity lost by the fall that `atr_multiple` tells, in percent.
    pub risk_percent: f64,
    /// Bars of the average true range.
    pub atr_period: u32,
    /// The fall in average true ranges.
    pub atr_multiple: f64,
    /// Part of equity that is never invested, in percent.
    pub cash_buffer_percent: f64,
    /// Drift from its target weight up to which a position is left alone at a rebalance, in percent of the target.
    pub rebalance_band_percent: f64,
    /// Most of the equity in one issue, whatever the method says; a document of rules has it.
    #[serde(skip)]
    pub(crate) most: Option<EquityShare>,
}

impl Default for Sizing {
    /// What the catalogue takes when nothing is given.
    fn default() -> Self {
        Self {
            method: SizingMethod::PercentOfEquity,
            position_size_percent: 10.0,
            position_amount: Won(1_000_000),
            target_volatility_percent: 10.0,
            volatility_window: 60,
            risk_percent: 1.0,
            atr_period: 14,
            atr_multiple: 2.0,
            cash_buffer_percent: 0.0,
            rebalance_band_percent: 0.0,
            most: None,
        }
    }
}

impl Sizing {
    /// A part of equity in each position, in percent.
    pub fn percent_of_equity(percent: f64) -> Self {
        Self { position_size_percent: percent, ..Self::default() }
    }

    /// The sizing at work, where equity is spread over `parts` issues and bars are `interval` long.
    pub(crate) fn at_work(&self, parts: usize, interval: Interval) -> Sizer {
        let parts = i64::try_from(parts).unwrap_or(i64::MAX).max(1);
        let size = match self.method {
            SizingMethod::PercentOfEquity => Size::Share(EquityShare::from_percent(self.position_size_percent)),
            SizingMethod::EqualWeight => Size::EqualParts(parts),
            SizingMethod::FixedAmount => Size::Amount(self.position_amount),
            SizingMethod::VolatilityTarget => {
                let per_bar = self.target_volatility_percent / 100.0 / bars_per_year(interval).sqrt();
                Size::VolatilityPerBar(per_bar)
            }
            SizingMethod::AtrRisk => {
                Size::Risk { share: EquityShare::from_percent(self.risk_percent), multiple: self.atr_multiple }
            }
            SizingMethod::RankWeight => Size::RankParts(parts),
        };
        Sizer {
            size,
            buffer: EquityShare::from_percent(self.cash_buffer_percent),
            band: EquityShare::from_percent(self.rebalance_band_percent),
            most: self.most.unwrap_or(EquityShare::WHOLE),
        }
    }

    /// What its method measures of the bars of an issue, if anything.
    pub(crate) fn gauge(&self) -> Option<Box<Gauge>> {
        let (kind, parameters) = self.measured_by()?;
        Some(Box::new(Gauge { study: kind.start(&parameters, EvaluationMode::Exodus), last: None }))
    }

    /// Bars it needs before the first one on which it knows a size.
    pub(crate) fn warm_up_bars(&self) -> usize {
        self.measured_by().map_or(0, |(kind, parameters)| kind.ready(&parameters, EvaluationMode::Exodus) - 1)
    }

    /// The indicator that its method goes by, if it goes by one.
    fn measured_by(&self) -> Option<(&'static IndicatorType, Parameters)> {
        let (id, period) = match self.method {
            SizingMethod::VolatilityTarget => ("volatility_ind", self.volatility_window),
            SizingMethod::AtrRisk => ("atr", self.atr_period),
            _ => return None,
        };
        let kind = indicator(id)?;
        let parameters = kind.check(&Map::from_iter([("period".to_owned(), period.into())])).ok()?;
        Some((kind, parameters))
    }
}

/// Minutes from the opening of a KRX session to its close.
const SESSION_MINUTES: i64 = 390;
/// Sessions of a year, as everywhere in the figures.
const SESSIONS_PER_YEAR: f64 = 252.0;

fn bars_per_year(interval: Interval) -> f64 {
    let per_session = (SESSION_MINUTES / interval.duration().num_minutes()).max(1);
    SESSIONS_PER_YEAR * per_session as f64
}

/// What is measured of the bars of one issue.
#[derive(Debug)]
pub(crate) struct Gauge {
    study: Box<dyn Study>,
    /// In won for an average true range, as a ratio for a volatility.
    last: Option<f64>,
}

impl Gauge {
    /// Takes the next closed bar.
    pub(crate) fn see(&mut self, bar: &Bar) {
        self.last = self.study.step(&StudyBar::from(bar)).and_then(|values| values.get(0));
    }

    /// What was measured last; `None` where that is nothing, by which no size can be worked out.
    pub(crate) fn measured(&self) -> Option<f64> {
        self.last.filter(|measured| *measured > 0.0)
    }
}

/// Sizing at work: everything in whole numbers but what is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizer {
    size: Size,
    buffer: EquityShare,
    /// Of the target.
    band: EquityShare,
    most: EquityShare,
}

#[derive(Clone, Copy, Debug)]
enum Size {
    Share(EquityShare),
    EqualParts(i64),
    Amount(Won),
    /// The standard deviation of one-bar returns that a position adds to equity, as a ratio.
    VolatilityPerBar(f64),
    Risk {
        share: EquityShare,
        multiple: f64,
    },
    RankParts(i64),
}

impl Sizer {
    /// The shares of a position at `price`, before costs: never worth more than equity less the buffer. `measured` is what
    /// the [gauge](Sizing::gauge) says, `rank` the place of the issue, 1 for the best. `None` if what is measured is not
    /// known yet.
    pub(crate) fn shares(&self, equity: Won, price: Price, measured: Option<f64>, rank: u32) -> Option<Qty> {
        let invested = self.invested(equity);
        let most = whole_shares(invested.min(self.most.of(equity)), price);
        let budget = match self.size {
            Size::Share(share) => share.of(equity),
            Size::EqualParts(parts) => Won(invested.0 / parts),
            Size::Amount(amount) => amount,
            Size::VolatilityPerBar(wanted) => EquityShare::from_percent(100.0 * (wanted / measured?)).of(equity),
            Size::Risk { share, multiple } => {
                // The fall in ten-thousandths of a won, up, so that no more than wanted is at risk.
                let fall = (multiple * measured? * 10_000.0).ceil().max(1.0) as i128;
                let shares = i128::from(share.of(equity).0) * 10_000 / fall;
                return Some(Qty(i64::try_from(shares).unwrap_or(i64::MAX)).min(most));
            }
            Size::RankParts(parts) => {
                let weight = i128::from((parts + 1 - i64::from(rank)).max(0));
                let all = i128::from(parts) * (i128::from(parts) + 1) / 2;
                let part = i128::from(invested.0) * weight / all;
                Won(i64::try_from(part).expect("a part is no more than the whole"))
            }
        };
        Some(whole_shares(budget, price).min(most))
    }

    /// Of `shares`, those that `cash` pays without touching the buffer.
    pub(crate) fn beside_buffer(&self, shares: Qty, equity: Won, cash: Won, price: Price) -> Qty {
        match self.buffer {
            EquityShare::NOTHING => shares,
            buffer => shares.min(whole_shares(cash - buffer.of(equity), price)),
        }
    }

    /// True if a rebalance leaves a position of `own` shares alone whose target are `target`.
    pub(crate) fn is_near(&self, own: Qty, target: Qty) -> bool {
        let drift = i128::from((own - target).0).abs();
        drift * i128::from(EquityShare::WHOLE_PPM) <= i128::from(target.0) * i128::from(self.band.ppm)
    }

    fn invested(&self, equity: Won) -> Won {
        equity.max(Won::ZERO) - self.buffer.of(equity)
    }
}

/// A part of the account's equity, held in millionths so that no float meets money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EquityShare {
    ppm: i64,
}

impl EquityShare {
    const WHOLE_PPM: i64 = 1_000_000;
    pub(crate) const NOTHING: Self = Self { ppm: 0 };
    pub(crate) const WHOLE: Self = Self { ppm: Self::WHOLE_PPM };

    /// `percent` of equity, rounded to the ten-thousandth of a percent and kept between 0 and 100.
    pub fn from_percent(percent: f64) -> Self {
        let ppm = (percent.clamp(0.0, 100.0) * 10_000.0).round();
        Self { ppm: ppm as i64 }
    }

    /// That part of `equity`, cut to whole won; nothing of a negative equity.
    pub fn of(self, equity: Won) -> Won {
        let part = i128::from(equity.0.max(0)) * i128::from(self.ppm) / i128::from(Self::WHOLE_PPM);
        Won(i64::try_from(part).expect("a part is no more than the whole"))
    }
}

/// Whole shares that `budget` buys at `price`, before costs.
pub fn whole_shares(budget: Won, price: Price) -> Qty {
    if price.is_positive() && budget.is_positive() { Qty(budget.0 / price.0) } else { Qty::ZERO }
}

/// The largest quantity in `least..=most` that `fits`, if any does. Whatever fits must fit in smaller size too.
pub fn largest_quantity(least: Qty, most: Qty, mut fits: impl FnMut(Qty) -> bool) -> Option<Qty> {
    if least > most {
        return None;
    }
    // As a rule all of it fits.
    if fits(most) {
        return Some(most);
    }
    if !fits(least) {
        return None;
    }
    let (mut fitting, mut beyond) = (least.0, most.0);
    while beyond - fitting > 1 {
        let middle = fitting + (beyond - fitting) / 2;
        if fits(Qty(middle)) { fitting = middle } else { beyond = middle }
    }
    Some(Qty(fitting))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_share_of_equity_is_cut_to_whole_won() {
        assert_eq!(EquityShare::from_percent(33.3333).of(Won(100_000_001)), Won(33_333_300));
        assert_eq!(EquityShare::from_percent(100.0).of(Won(i64::MAX)), Won(i64::MAX));
        assert_eq!(EquityShare::from_percent(10.0).of(Won(-5)), Won::ZERO);
    }

    #[test]
    fn shares_are_whole() {
        assert_eq!(whole_shares(Won(999), Price(100)), Qty(9));
        assert_eq!(whole_shares(Won(99), Price(100)), Qty::ZERO);
        assert_eq!(whole_shares(Won(99), Price::ZERO), Qty::ZERO);
    }

    const PRICE: Price = Price(10_000);

    fn shares(sizing: &Sizing, measured: Option<f64>, rank: u32) -> Option<i64> {
        sizing.at_work(4, Interval::Day1).shares(Won(100_000_000), PRICE, measured, rank).map(|shares| shares.0)
    }

    #[test]
    fn each_method_has_its_size() {
        let of = |method| Sizing { method, ..Sizing::default() };
        assert_eq!(shares(&of(SizingMethod::PercentOfEquity), None, 1), Some(1_000));
        assert_eq!(shares(&of(SizingMethod::EqualWeight), None, 1), Some(2_500));
        assert_eq!(shares(&of(SizingMethod::FixedAmount), None, 1), Some(100));
        // 10 % a year are 0.63 % a day, a quarter of 2.52 %.
        let daily = 0.1 / 252_f64.sqrt();
        assert_eq!(shares(&of(SizingMethod::VolatilityTarget), Some(4.0 * daily), 1), Some(2_500));
        // A million at risk, and a fall of twice 250 won.
        assert_eq!(shares(&of(SizingMethod::AtrRisk), Some(250.0), 1), Some(2_000));
        let by_rank = [1, 2, 3, 4, 5].map(|rank| shares(&of(SizingMethod::RankWeight), None, rank));
        assert_eq!(by_rank, [Some(4_000), Some(3_000), Some(2_000), Some(1_000), Some(0)]);
        for method in [SizingMethod::VolatilityTarget, SizingMethod::AtrRisk] {
            assert_eq!(shares(&of(method), None, 1), None, "nothing is measured yet");
        }
    }

    #[test]
    fn the_buffer_and_the_limit_of_a_document_hold_for_every_method() {
        let equal = Sizing { method: SizingMethod::EqualWeight, cash_buffer_percent: 20.0, ..Sizing::default() };
        assert_eq!(shares(&equal, None, 1), Some(2_000));
        let most = Some(EquityShare::from_percent(5.0));
        assert_eq!(shares(&Sizing { most, ..equal }, None, 1), Some(500));
        let sizer = equal.at_work(4, Interval::Day1);
        assert_eq!(sizer.beside_buffer(Qty(900), Won(100_000_000), Won(25_000_000), PRICE), Qty(500));
        let without = Sizing::default().at_work(4, Interval::Day1);
        assert_eq!(without.beside_buffer(Qty(900), Won(100_000_000), Won::ZERO, PRICE), Qty(900), "the gate's affair");
    }

    #[test]
    fn a_gauge_measures_closed_bars_once_it_is_warm() {
        let sizing = Sizing { method: SizingMethod::AtrRisk, atr_period: 3, ..Sizing::default() };
        assert_eq!(sizing.warm_up_bars(), 2);
        let mut gauge = sizing.gauge().expect("measured");
        let bar = |high, low| Bar {
            open_time: chrono::DateTime::UNIX_EPOCH,
            open: Price(100),
            high: Price(high),
            low: Price(low),
            close: Price(100),
            volume: Qty(1),
        };
        let measured = [(101, 99), (103, 99), (103, 97)].map(|(high, low)| {
            gauge.see(&bar(high, low));
            gauge.measured()
        });
        assert_eq!(measured, [None, None, Some(4.0)]);
        assert_eq!(Sizing::default().warm_up_bars(), 0);
        assert!(Sizing::default().gauge().is_none());
    }

    proptest! {
        /// Whatever is asked for: whole shares, never more than equity less the buffer, and more equity never buys fewer.
        #[test]
        fn no_position_is_larger_than_what_may_be_invested(
            method in prop::sample::select(vec![
                SizingMethod::PercentOfEquity, SizingMethod::EqualWeight, SizingMethod::FixedAmount,
                SizingMethod::VolatilityTarget, SizingMethod::AtrRisk, SizingMethod::RankWeight,
            ]),
            (size, target, risk, multiple) in (0.1f64..100.0, 1.0f64..100.0, 0.05f64..10.0, 0.5f64..10.0),
            (buffer, parts, rank) in (0.0f64..90.0, 1usize..50, 1u32..60),
            (equity, more) in (0i64..1_000_000_000_000, 0i64..1_000_000_000),
            price in 1i64..2_000_000,
            measured in 1e-6f64..1e6,
        ) {
            let sizing = Sizing {
                method,
                position_size_percent: size,
                target_volatility_percent: target,
                risk_percent: risk,
                atr_multiple: multiple,
                cash_buffer_percent: buffer,
                ..Sizing::default()
            };
            let sizer = sizing.at_work(parts, Interval::Day1);
            let shares = |equity| sizer.shares(Won(equity), Price(price), Some(measured), rank).expect("measured");
            let value = i128::from(shares(equity).0) * i128::from(price);
            let kept = EquityShare::from_percent(buffer).of(Won(equity)).0;
            prop_assert!(value <= i128::from(equity - kept));
            prop_assert!(shares(equity).0 >= 0 && shares(equity) <= shares(equity + more));
        }

        #[test]
        fn the_largest_fitting_quantity_is_found(least in 0i64..50, span in 0i64..10_000, limit in 0i64..12_000) {
            let most = least + span;
            let found = largest_quantity(Qty(least), Qty(most), |quantity| quantity.0 <= limit);
            let expected = (least <= limit).then(|| Qty(limit.min(most)));
            prop_assert_eq!(found, expected);
        }
    }
}
