//! Exits whatever the rule says: by the price paid, by the highest close since the entry, by time.

use std::collections::BTreeMap;

use exodus_domain::{CorporateAction, Price, Qty, Reason, Won};
use serde::{Deserialize, Serialize};

use crate::engine::OwnPosition;
use crate::rules::Stops;

/// When stops are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitCheck {
    /// When a bar closes.
    #[default]
    Close,
    /// As soon as the price reaches them.
    Intraday,
}

/// The exits of a strategy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "ExitParameters", into = "ExitParameters")]
pub struct Exits {
    /// By price.
    pub stops: Stops,
    /// Closed bars after the entry; without end if `None`.
    pub max_holding_bars: Option<u32>,
    /// When stops are looked at.
    pub check: ExitCheck,
}

impl Exits {
    /// True if there are stops that are looked at as soon as the price reaches them.
    pub fn is_intraday(&self) -> bool {
        self.check == ExitCheck::Intraday && self.stops != Stops::default()
    }

    /// The exits at work on one issue; `None` if there is none to look at.
    pub(crate) fn watch(&self) -> Option<Box<ExitWatch>> {
        let has_some = self.stops != Stops::default() || self.max_holding_bars.is_some();
        has_some.then(|| Box::new(ExitWatch { exits: *self, highest: None, age: 0 }))
    }
}

/// The exits of a strategy at work on one issue. Both marks belong to the position that is held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExitWatch {
    exits: Exits,
    /// Highest close since the entry.
    highest: Option<Price>,
    /// Bars that have closed since the entry.
    age: u32,
}

/// A level of price, as a change from a price that is an amount of won over a number of shares. All of it is whole
/// numbers, so that exactly five percent is five percent.
#[derive(Clone, Copy)]
struct Level {
    code: &'static str,
    /// In millionths.
    change: i64,
    amount: Won,
    shares: Qty,
}

impl Level {
    const WHOLE: i128 = 1_000_000;

    fn new(code: &'static str, percent: f64, (amount, shares): (Won, Qty)) -> Self {
        Self { code, change: (percent * 10_000.0).round() as i64, amount, shares }
    }

    /// The level times shares and millionths.
    fn scaled(&self) -> i128 {
        i128::from(self.amount.0) * (Self::WHOLE + i128::from(self.change))
    }

    /// What a price is times shares and millionths.
    fn scale(&self, price: Price) -> i128 {
        i128::from(price.0) * i128::from(self.shares.0) * Self::WHOLE
    }

    fn is_at_or_above(&self, price: Price) -> bool {
        self.scale(price) <= self.scaled()
    }

    fn is_at_or_below(&self, price: Price) -> bool {
        self.scale(price) >= self.scaled()
    }

    /// The highest price in whole won that is not above the level.
    fn floor(&self) -> Price {
        Price(i64::try_from(self.scaled().div_euclid(self.scale(Price(1)))).unwrap_or(i64::MAX))
    }

    /// The lowest price in whole won that is not below the level.
    fn ceil(&self) -> Price {
        let floor = self.floor();
        if self.is_at_or_below(floor) { floor } else { Price(floor.0.saturating_add(1)) }
    }

    fn met(&self, price: Price) -> ExitMet {
        let (limit, from) = (self.change as f64 / 1e6, self.amount.0 as f64 / self.shares.0 as f64);
        ExitMet::Price { code: self.code, limit, from, price }
    }
}

/// An exit that was met, and the numbers that made it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ExitMet {
    /// By price.
    Price {
        /// Which one.
        code: &'static str,
        /// The change from `from` that it stands at, as a ratio.
        limit: f64,
        /// What the change is measured from, in won.
        from: f64,
        /// The price that met it.
        price: Price,
    },
    /// By time.
    Time {
        /// Bars closed since the entry.
        bars: u32,
        /// As many as it may be held for.
        limit: u32,
    },
}

/// How much of a bar came after the position that its prices are held against was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterEntry {
    /// All of it: the position is older than the bar, or was entered at its open.
    Whole,
    /// The way to its low: it was entered by a limit order on the way down.
    Low,
}

impl ExitWatch {
    /// As [`Exits::is_intraday`].
    pub(crate) fn is_intraday(&self) -> bool {
        self.exits.is_intraday()
    }

    /// Takes the close of a bar on which the position was held.
    #[inline]
    pub(crate) fn see(&mut self, close: Price) {
        self.highest = Some(self.highest.map_or(close, |highest| highest.max(close)));
        self.age = self.age.saturating_add(1);
    }

    /// Forgets a position that is no more.
    #[inline]
    pub(crate) fn forget(&mut self) {
        (self.highest, self.age) = (None, 0);
    }

    /// Puts a corporate action into effect on the marks.
    pub(crate) fn restate(&mut self, action: &CorporateAction) {
        let (numerator, denominator) = (i128::from(action.factor.numerator()), i128::from(action.factor.denominator()));
        let to_the_nearest = |price: Price| {
            let restated = (2 * i128::from(price.0) * numerator + denominator) / (2 * denominator);
            Price(i64::try_from(restated).unwrap_or(i64::MAX))
        };
        self.highest = self.highest.map(to_the_nearest);
    }

    /// The first exit that the close of the bar just seen meets, in the order stop-loss, take-profit, trailing stop, time.
    pub(crate) fn met_at_close(&self, close: Price, own: &OwnPosition) -> Option<ExitMet> {
        let outlived = || {
            let limit = self.exits.max_holding_bars.filter(|limit| self.age >= *limit)?;
            Some(ExitMet::Time { bars: self.age, limit })
        };
        self.met_by(close, own).or_else(outlived)
    }

    /// The first exit by price that `price` meets.
    pub(crate) fn met_by(&self, price: Price, own: &OwnPosition) -> Option<ExitMet> {
        let [stop, take, trail] = self.levels(own);
        let stop = stop.filter(|level| level.is_at_or_above(price));
        let take = || take.filter(|level| level.is_at_or_below(price));
        let trail = || trail.filter(|level| level.is_at_or_above(price));
        stop.or_else(take).or_else(trail).map(|level| level.met(price))
    }

    /// The exit by price that a bar from `open` over `high` and `low` meets, with the price it is met at: the level on the
    /// grid of prices, or the open where that lies beyond it. Of a stop and a take-profit on one bar the stop is
    /// met, as nobody knows which came first. `grid` moves a level on to the grid of prices.
    pub(crate) fn met_within(
        &self,
        [open, high, low]: [Price; 3],
        after_entry: AfterEntry,
        own: &OwnPosition,
        grid: impl Fn(Price, Towards) -> Price,
    ) -> Option<ExitMet> {
        let [stop, take, trail] = self.levels(own);
        let below = stop.into_iter().chain(trail).map(|level| (grid(level.floor(), Towards::Down), level));
        // Of two levels below the higher one is reached first, and of equal ones the stop-loss is told.
        let reached = below.filter(|(price, _)| low <= *price);
        if let Some((price, level)) = reached.reduce(|first, next| if next.0 > first.0 { next } else { first }) {
            let opened = after_entry == AfterEntry::Whole;
            return Some(level.met(if opened { price.min(open) } else { price }));
        }
        let level = take.filter(|_| after_entry == AfterEntry::Whole)?;
        let price = grid(level.ceil(), Towards::Up);
        (high >= price).then(|| level.met(price.max(open)))
    }

    /// Stop-loss, take-profit, trailing stop.
    fn levels(&self, own: &OwnPosition) -> [Option<Level>; 3] {
        let paid = (own.cost, own.quantity);
        let Stops { stop_loss, take_profit, trailing } = self.exits.stops;
        let trail = self.highest.zip(trailing);
        [
            stop_loss.map(|percent| Level::new("stop_loss", -percent, paid)),
            take_profit.map(|percent| Level::new("take_profit", percent, paid)),
            trail.map(|(highest, percent)| Level::new("trailing_stop", -percent, (Won(highest.0), Qty(1)))),
        ]
    }
}

/// Which way a price is moved on to the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Towards {
    Down,
    Up,
}

impl ExitMet {
    /// Why it was met.
    pub(crate) fn reason(&self) -> Reason {
        let (code, values) = match *self {
            Self::Price { code, limit, from, price } => {
                let close = price.0 as f64;
                let change = (close - from) / from;
                (code, vec![("change", change), ("limit", limit), ("from", from), ("close", close)])
            }
            Self::Time { bars, limit } => ("time_stop", vec![("bars", bars.into()), ("limit", limit.into())]),
        };
        let values = BTreeMap::from_iter(values.into_iter().map(|(name, value)| (name.to_owned(), value)));
        Reason { code: code.to_owned(), values, conditions: Vec::new() }
    }
}

/// Exits as parameters: zero is off.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ExitParameters {
    stop_loss_percent: f64,
    take_profit_percent: f64,
    trailing_stop_percent: f64,
    max_holding_bars: u32,
    exit_check: ExitCheck,
}

impl From<ExitParameters> for Exits {
    fn from(given: ExitParameters) -> Self {
        // A number that is none is kept, so that whoever checks the parameters finds it.
        let on = |percent: f64| (percent != 0.0).then_some(percent);
        Self {
            stops: Stops {
                stop_loss: on(given.stop_loss_percent),
                take_profit: on(given.take_profit_percent),
                trailing: on(given.trailing_stop_percent),
            },
            max_holding_bars: (given.max_holding_bars > 0).then_some(given.max_holding_bars),
            check: given.exit_check,
        }
    }
}

impl From<Exits> for ExitParameters {
    fn from(Exits { stops, max_holding_bars, check }: Exits) -> Self {
        Self {
            stop_loss_percent: stops.stop_loss.unwrap_or_default(),
            take_profit_percent: stops.take_profit.unwrap_or_default(),
            trailing_stop_percent: stops.trailing.unwrap_or_default(),
            max_holding_bars: max_holding_bars.unwrap_or_default(),
            exit_check: check,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use exodus_domain::Side;
    use proptest::prelude::*;

    fn own(quantity: i64, cost: i64) -> OwnPosition {
        let mut own = OwnPosition::default();
        own.fill(Side::Buy, Qty(quantity), Won(cost), DateTime::UNIX_EPOCH);
        own
    }

    fn stops(stop_loss: f64, take_profit: f64, trailing: f64) -> ExitWatch {
        let on = |percent: f64| (percent > 0.0).then_some(percent);
        let stops = Stops { stop_loss: on(stop_loss), take_profit: on(take_profit), trailing: on(trailing) };
        ExitWatch { exits: Exits { stops, ..Exits::default() }, highest: None, age: 0 }
    }

    #[test]
    fn exactly_seven_percent_is_seven_percent() {
        // In floats 10,000 × (1 − 0.07) is a little less than 9,300.
        let watch = stops(7.0, 0.0, 0.0);
        assert_eq!(watch.met_by(Price(9_301), &own(3, 30_000)), None);
        let met = watch.met_by(Price(9_300), &own(3, 30_000)).expect("met");
        assert_eq!(met, ExitMet::Price { code: "stop_loss", limit: -0.07, from: 10_000.0, price: Price(9_300) });
    }

    #[test]
    fn the_higher_of_two_levels_below_is_met_first() {
        let mut watch = stops(5.0, 0.0, 5.0);
        watch.see(Price(12_000));
        let within = |low| {
            watch.met_within(
                [Price(12_000), Price(12_000), Price(low)],
                AfterEntry::Whole,
                &own(1, 10_000),
                |price, _| price,
            )
        };
        assert_eq!(within(11_401), None);
        let Some(ExitMet::Price { code, price, .. }) = within(9_000) else { panic!("nothing was met") };
        assert_eq!((code, price), ("trailing_stop", Price(11_400)));
    }

    #[test]
    fn levels_lie_on_the_grid_on_the_far_side() {
        let watch = stops(5.0, 5.0, 0.0);
        let grid = |price: Price, towards| match towards {
            Towards::Down => Price(price.0 / 50 * 50),
            Towards::Up => Price((price.0 + 49) / 50 * 50),
        };
        let paid = own(1, 10_010);
        // 5 % below are 9,509.5, above 10,510.5.
        let price = |bar: [i64; 3]| match watch.met_within(bar.map(Price), AfterEntry::Whole, &paid, grid) {
            Some(ExitMet::Price { price, .. }) => Some(price.0),
            _ => None,
        };
        assert_eq!((price([10_000, 10_000, 9_501]), price([10_000, 10_000, 9_500])), (None, Some(9_500)));
        assert_eq!((price([10_000, 10_549, 10_000]), price([10_000, 10_550, 10_000])), (None, Some(10_550)));
    }

    proptest! {
        /// A bar that meets an exit was at that price, and a bar whose ends do not meet it does not.
        #[test]
        fn what_a_bar_meets_lies_within_it_and_agrees_with_its_prices(
            bar in (1_000i64..20_000, 0i64..5_000, 0i64..900),
            (quantity, cost) in (1i64..500, 1_000_000i64..9_000_000),
            (stop, take, trail) in (0.1f64..90.0, 0.1f64..1_000.0, 0.1f64..90.0),
            highest in 1_000i64..20_000,
        ) {
            let (open, up, down) = bar;
            let (high, low) = (open + up, open - down);
            let mut watch = stops(stop, take, trail);
            watch.see(Price(highest));
            let own = own(quantity, cost);
            let prices = [open, high, low].map(Price);
            let within = watch.met_within(prices, AfterEntry::Whole, &own, |price, _| price);
            let by_price = prices.iter().any(|price| watch.met_by(*price, &own).is_some());
            prop_assert_eq!(within.is_some(), by_price);
            if let Some(ExitMet::Price { price, .. }) = within {
                prop_assert!((low..=high).contains(&price.0));
                prop_assert!(watch.met_by(price, &own).is_some());
            }
        }
    }
}
