//! Round trips: from the first share bought of an issue until none is left.
//!
//! Shares are valued as [`Holding`] does, at average cost. What a whole round trip gains does not depend on that choice:
//! it is the cash that came in less the cash that went out, to the won. What is gained by a part that was sold, and how
//! far the position stood above or below its cost in between, does.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{CompactBar, Fill, Holding, OverSold, Price, Qty, Restated, Side, Symbol, Won};
use serde::{Deserialize, Serialize};

/// A fill with its issue and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedFill {
    /// Issue.
    pub symbol: Symbol,
    /// When.
    pub at: DateTime<Utc>,
    /// The fill.
    pub fill: Fill,
}

/// What a corporate action made of a holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedRestatement {
    /// When.
    pub at: DateTime<Utc>,
    /// What is held from then on, and what was paid out.
    pub restated: Restated,
}

/// Something that changes what is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldingEvent {
    /// A fill.
    Fill(TimedFill),
    /// A corporate action.
    Restated(TimedRestatement),
}

impl From<TimedFill> for HoldingEvent {
    fn from(fill: TimedFill) -> Self {
        Self::Fill(fill)
    }
}

/// The bars of an issue, for the time between fills.
#[derive(Clone, Copy, Debug)]
pub struct IssueBars<'a> {
    /// Oldest first.
    pub bars: &'a [CompactBar],
    /// Length of each.
    pub length: TimeDelta,
}

/// One round trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundTrip {
    /// Issue.
    pub symbol: Symbol,
    /// Time of the first buy.
    pub opened_at: DateTime<Utc>,
    /// Time of the sell that left nothing; `None` while something is held.
    pub closed_at: Option<DateTime<Utc>>,
    /// Shares bought, all buys together.
    pub shares_bought: Qty,
    /// Shares sold, all sells together.
    pub shares_sold: Qty,
    /// Won paid for shares, before costs.
    pub bought: Won,
    /// Won received for shares, before costs.
    pub sold: Won,
    /// Commission and taxes of all its fills.
    pub costs: Won,
    /// What its fills realised, net of costs. Once it is closed: sold less bought less costs.
    pub pnl: Won,
    /// Maximum adverse excursion: the lowest that realised and unrealised gain came to, zero at most. Marked at the lows
    /// of bars and at fills; costs of fills to come are not counted. `None` without bars.
    pub mae: Option<Won>,
    /// Maximum favourable excursion: the highest that realised and unrealised gain came to, zero at least. Marked at the
    /// highs of bars and at fills; costs of fills to come are not counted. `None` without bars.
    pub mfe: Option<Won>,
}

impl RoundTrip {
    /// One that begins with `first`; with excursions, if bars are known.
    fn opened(first: &TimedFill, bars_are_known: bool) -> Self {
        let start = bars_are_known.then_some(Won::ZERO);
        Self {
            symbol: first.symbol,
            opened_at: first.at,
            closed_at: None,
            shares_bought: Qty::ZERO,
            shares_sold: Qty::ZERO,
            bought: Won::ZERO,
            sold: Won::ZERO,
            costs: Won::ZERO,
            pnl: Won::ZERO,
            mae: start,
            mfe: start,
        }
    }

    /// Gain over what was paid for shares; `None` if nothing was.
    pub fn return_on_cost(&self) -> Option<f64> {
        self.over_cost(self.pnl)
    }

    /// `amount` over what was paid for shares.
    pub(super) fn over_cost(&self, amount: Won) -> Option<f64> {
        self.bought.is_positive().then(|| amount.0 as f64 / self.bought.0 as f64)
    }
}

/// Joins fills to round trips: the closed ones in the order in which they closed, then the open ones by issue. A corporate
/// action is no trade: it changes the shares of the round trip it falls into, and what it pays out counts as sold.
///
/// `bars_of` gives the bars of an issue, if they are known: a bar counts if it ends after one fill and not after the next,
/// so the bar in which a position is closed does not.
///
/// # Errors
/// [`OverSold`] if more is sold than the fills before bought.
pub fn round_trips<'a, E: Into<HoldingEvent>>(
    events: impl IntoIterator<Item = E>,
    bars_of: impl Fn(Symbol) -> Option<IssueBars<'a>>,
) -> Result<Vec<RoundTrip>, OverSold> {
    let mut positions = BTreeMap::new();
    let mut closed = Vec::new();
    for event in events {
        let (position, at) = match event.into() {
            HoldingEvent::Fill(fill) => {
                let position =
                    positions.entry(fill.symbol).or_insert_with(|| Position::new(&fill, bars_of(fill.symbol)));
                position.apply(&fill)?;
                (position, fill.at)
            }
            HoldingEvent::Restated(TimedRestatement { at, restated }) => {
                let position = positions.get_mut(&restated.holding.symbol);
                let Some(position) = position.filter(|position: &&mut Position| position.is_open()) else { continue };
                position.restate(at, &restated);
                (position, at)
            }
        };
        if !position.is_open() {
            closed.push(RoundTrip { closed_at: Some(at), ..position.trip });
        }
    }
    closed.extend(positions.into_values().filter(Position::is_open).map(Position::still_open));
    Ok(closed)
}

/// The round trips of an issue, one after the other.
struct Position<'a> {
    /// The one in the making, or the last one while nothing is held.
    trip: RoundTrip,
    holding: Holding,
    /// The bars that have not been looked at.
    ahead: Option<IssueBars<'a>>,
}

impl<'a> Position<'a> {
    /// Nothing held before `first`.
    fn new(first: &TimedFill, bars: Option<IssueBars<'a>>) -> Self {
        let trip = RoundTrip::opened(first, bars.is_some());
        Self { trip, holding: Holding::none(first.symbol), ahead: bars }
    }

    fn is_open(&self) -> bool {
        self.holding.quantity.is_positive()
    }

    fn apply(&mut self, timed: &TimedFill) -> Result<(), OverSold> {
        let TimedFill { at, fill, .. } = timed;
        if self.is_open() {
            self.look_at_bars(Some(*at));
        } else {
            self.trip = RoundTrip::opened(timed, self.ahead.is_some());
            self.pass_bars(Some(*at), |_| {});
        }
        self.trip.pnl += self.holding.apply(fill)?;
        self.trip.costs += fill.commission + fill.tax;
        match fill.side {
            Side::Buy => {
                self.trip.shares_bought += fill.quantity;
                self.trip.bought += fill.amount;
            }
            Side::Sell => {
                self.trip.shares_sold += fill.quantity;
                self.trip.sold += fill.amount;
            }
        }
        if fill.quantity.is_positive() {
            self.mark(Price(fill.amount.0 / fill.quantity.0));
        }
        Ok(())
    }

    fn restate(&mut self, at: DateTime<Utc>, restated: &Restated) {
        self.look_at_bars(Some(at));
        self.holding = restated.holding;
        self.trip.pnl += restated.realized;
        self.trip.sold += restated.cash;
    }

    fn still_open(mut self) -> RoundTrip {
        self.look_at_bars(None);
        self.trip
    }

    /// Marks the position at the lowest and the highest price of the bars that end by `until`; while the same shares are
    /// held, nothing lies outside of what these two give.
    fn look_at_bars(&mut self, until: Option<DateTime<Utc>>) {
        let mut range = None;
        self.pass_bars(until, |bar| {
            if !bar.is_halted() {
                let (low, high) = range.unwrap_or((bar.low(), bar.high()));
                range = Some((low.min(bar.low()), high.max(bar.high())));
            }
        });
        if let Some((low, high)) = range {
            self.mark(low);
            self.mark(high);
        }
    }

    /// Passes the bars ahead that end by `until`. One by one: they are few, and so is what is read of memory.
    fn pass_bars(&mut self, until: Option<DateTime<Utc>>, mut look: impl FnMut(&CompactBar)) {
        let Some(IssueBars { bars, length }) = self.ahead.as_mut() else { return };
        let last_open = until.map_or(i64::MAX, |until| (until - *length).timestamp_millis());
        while let Some((bar, ahead)) = bars.split_first()
            && bar.open_ms() <= last_open
        {
            look(bar);
            *bars = ahead;
        }
    }

    /// Takes the gain at `price` into the excursions.
    fn mark(&mut self, price: Price) {
        let gain = self.trip.pnl + self.holding.unrealized_pnl(price);
        self.trip.mae = self.trip.mae.map(|lowest| lowest.min(gain));
        self.trip.mfe = self.trip.mfe.map(|highest| highest.max(gain));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exodus_domain::Bar;
    use proptest::prelude::*;

    fn symbol(code: &str) -> Symbol {
        code.parse().expect("a valid code")
    }

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hour * 3_600, 0).expect("a valid time")
    }

    fn fill(code: &str, hour: i64, side: Side, quantity: i64, price: i64) -> TimedFill {
        let fill =
            Fill { side, quantity: Qty(quantity), amount: Won(quantity * price), commission: Won(1), tax: Won(0) };
        TimedFill { symbol: symbol(code), at: at(hour), fill }
    }

    fn bar(hour: i64, low: i64, high: i64) -> Bar {
        let (open, close) = (Price(low), Price(high));
        Bar { open_time: at(hour), open, high: Price(high), low: Price(low), close, volume: Qty(1) }
    }

    fn compact(bars: &[Bar]) -> Vec<CompactBar> {
        bars.iter().map(|bar| CompactBar::new(bar).expect("small prices")).collect()
    }

    fn without_bars(fills: &[TimedFill]) -> Vec<RoundTrip> {
        round_trips(fills.iter().copied(), |_| None).expect("never more sold than held")
    }

    #[test]
    fn adding_and_selling_in_parts_is_one_round_trip() {
        let trips = without_bars(&[
            fill("000010", 1, Side::Buy, 10, 100),
            fill("000010", 2, Side::Buy, 10, 120),
            fill("000010", 3, Side::Sell, 5, 130),
            fill("000010", 4, Side::Sell, 15, 90),
        ]);
        assert_eq!(trips.len(), 1);
        let trip = trips[0];
        assert_eq!((trip.opened_at, trip.closed_at), (at(1), Some(at(4))));
        assert_eq!((trip.bought, trip.sold, trip.costs), (Won(2_200), Won(2_000), Won(4)));
        assert_eq!((trip.shares_bought, trip.shares_sold), (Qty(20), Qty(20)));
        assert_eq!((trip.pnl, trip.mae), (Won(-204), None));
    }

    #[test]
    fn round_trips_come_as_they_close_and_open_ones_last() {
        let trips = without_bars(&[
            fill("000010", 1, Side::Buy, 1, 100),
            fill("000020", 1, Side::Buy, 1, 100),
            fill("000020", 2, Side::Sell, 1, 100),
            fill("000020", 3, Side::Buy, 1, 100),
            fill("000020", 4, Side::Sell, 1, 100),
        ]);
        let seen: Vec<_> = trips.iter().map(|trip| (trip.symbol, trip.closed_at)).collect();
        let expected = [("000020", Some(at(2))), ("000020", Some(at(4))), ("000010", None)];
        assert_eq!(seen, expected.map(|(code, closed)| (symbol(code), closed)));
        assert_eq!(trips[2].pnl, Won(-1));
    }

    #[test]
    fn excursions_are_taken_from_bars_between_the_fills() {
        // The bar before the buy and the one of the sell must not count, nor one that was halted.
        let halted = Bar { volume: Qty(0), ..bar(3, 1, 900) };
        let bars = compact(&[bar(0, 10, 500), bar(1, 90, 110), bar(2, 80, 130), halted, bar(4, 10, 500)]);
        let fills = [fill("000010", 1, Side::Buy, 10, 100), fill("000010", 4, Side::Sell, 10, 105)];
        let trips = round_trips(fills, |_| Some(IssueBars { bars: &bars, length: TimeDelta::hours(1) }));
        let trip = trips.expect("never more sold than held")[0];
        assert_eq!((trip.pnl, trip.mae, trip.mfe), (Won(48), Some(Won(-201)), Some(Won(299))));
    }

    #[test]
    fn a_part_sold_keeps_its_gain_in_the_excursion() {
        let bars = compact(&[bar(1, 100, 100), bar(2, 60, 60)]);
        let fills = [fill("000010", 1, Side::Buy, 10, 100), fill("000010", 2, Side::Sell, 5, 120)];
        let trips = round_trips(fills, |_| Some(IssueBars { bars: &bars, length: TimeDelta::hours(1) }));
        let trip = trips.expect("never more sold than held")[0];
        // Realised −1 + 99; five shares left at 60 lose 200. At the sale itself they had gained 100.
        assert_eq!((trip.mae, trip.mfe, trip.closed_at), (Some(Won(-102)), Some(Won(198)), None));
    }

    #[test]
    fn a_split_changes_the_shares_of_a_round_trip_and_what_it_pays_is_sold() {
        let bars = compact(&[bar(1, 100, 100), bar(2, 40, 60), bar(3, 45, 45)]);
        let restated = Restated {
            holding: Holding { symbol: symbol("000010"), quantity: Qty(7), cost: Won(280) },
            cash: Won(25),
            realized: Won(5),
        };
        let events = [
            HoldingEvent::from(fill("000010", 1, Side::Buy, 3, 100)),
            HoldingEvent::Restated(TimedRestatement { at: at(2), restated }),
            HoldingEvent::from(fill("000010", 3, Side::Sell, 7, 45)),
        ];
        let trips = round_trips(events, |_| Some(IssueBars { bars: &bars, length: TimeDelta::hours(1) }));
        let trip = trips.expect("never more sold than held")[0];
        assert_eq!((trip.bought, trip.sold, trip.costs), (Won(300), Won(25 + 315), Won(2)));
        assert_eq!((trip.pnl, trip.closed_at), (Won(-1 + 5 + 35 - 1), Some(at(3))));
        // Seven shares for 280 are worth 280 at 40 and 420 at 60.
        assert_eq!((trip.mae, trip.mfe), (Some(Won(-1)), Some(Won(4 + 140))));
        let without = [HoldingEvent::Restated(TimedRestatement { at: at(2), restated })];
        assert_eq!(round_trips(without, |_| None), Ok(Vec::new()), "nothing was held");
    }

    #[test]
    fn selling_what_was_not_bought_is_refused() {
        assert!(round_trips([fill("000010", 1, Side::Sell, 1, 100)], |_| None).is_err());
    }

    proptest! {
        /// Every won that round trips claim to have gained is in the cash or in what is still held at cost.
        #[test]
        fn gains_add_up_to_cash_and_cost(
            steps in prop::collection::vec((0usize..3, any::<bool>(), 1i64..100, 1i64..10_000), 1..60),
        ) {
            let codes = ["000010", "000020", "000030"];
            let mut holdings = codes.map(|code| Holding::none(symbol(code)));
            let (mut fills, mut cash) = (Vec::new(), Won::ZERO);
            for (hour, (issue, buy, quantity, price)) in (1..).zip(steps) {
                let holding = &mut holdings[issue];
                let quantity = if buy { quantity } else { quantity.min(holding.quantity.0) };
                if quantity > 0 {
                    let side = if buy { Side::Buy } else { Side::Sell };
                    let one = fill(codes[issue], hour, side, quantity, price);
                    prop_assert!(holding.apply(&one.fill).is_ok());
                    cash += one.fill.cash_flow();
                    fills.push(one);
                }
            }
            let trips = without_bars(&fills);
            let cost: Won = holdings.iter().map(|holding| holding.cost).sum();
            prop_assert_eq!(trips.iter().map(|trip| trip.pnl).sum::<Won>(), cash + cost);
            for trip in trips.iter().filter(|trip| trip.closed_at.is_some()) {
                prop_assert_eq!(trip.pnl, trip.sold - trip.bought - trip.costs);
            }
            let open = trips.iter().filter(|trip| trip.closed_at.is_none()).count();
            prop_assert_eq!(open, holdings.iter().filter(|holding| holding.quantity.is_positive()).count());
        }
    }
}
