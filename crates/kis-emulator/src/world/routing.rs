//! Which venue takes an order (kis-openapi §5.1, quirk 32).

use exodus_domain::{Level, OrderStyle, Price, Qty, Side, TradingVenue};
use exodus_simulator::StyledOrder;

use super::World;
use super::market::{Outcome, Place, Report};
use super::orders::OrderVenue;

impl World {
    /// Where an order goes, and waits. Smart routing decides at entry: by the better price on the other side, KRX if they
    /// are the same, and whoever takes orders if only one does. The real one may move an order later.
    pub(super) fn route(&self, order: &StyledOrder, venue: OrderVenue) -> Place {
        let krx = place_of(TradingVenue::Krx, order.style);
        match venue {
            OrderVenue::Krx => krx,
            OrderVenue::Nxt => Place::Nxt,
            OrderVenue::Sor => {
                let takes = |place: Place| self.market.board(place).check(order).is_ok();
                let best = |place: Place| {
                    let other = if order.side == Side::Buy { Side::Sell } else { Side::Buy };
                    self.market.board(place).levels(order.symbol, other, 1).first().map(|level| level.price)
                };
                let nxt_is_better = match (best(Place::Nxt), best(krx)) {
                    (Some(nxt), Some(krx)) if order.side == Side::Buy => nxt < krx,
                    (Some(nxt), Some(krx)) => nxt > krx,
                    (nxt, _) => nxt.is_some(),
                };
                match (takes(krx), takes(Place::Nxt)) {
                    (true, true) if nxt_is_better => Place::Nxt,
                    (false, true) => Place::Nxt,
                    _ => krx,
                }
            }
        }
    }

    /// Fills what a smart order finds at better prices on the other venue, and tells how much: one order, two venues
    /// (quirk 32). The best prices of both books are taken, those of `place` first where they are the same; what is left
    /// goes to `place`, and waits there.
    pub(super) fn fill_elsewhere(&mut self, order: &StyledOrder, place: Place, outcome: &mut Outcome) -> Qty {
        let other = other_venue(place);
        let plain = matches!(order.style, OrderStyle::Limit | OrderStyle::Market);
        if !plain || self.market.board(other).check(order).is_err() {
            return Qty::ZERO;
        }
        let opposite = if order.side == Side::Buy { Side::Sell } else { Side::Buy };
        let levels = |of: Place| self.market.board(of).levels(order.symbol, opposite, 10).into_iter();
        let mut all: Vec<(bool, Level)> =
            levels(place).map(|level| (false, level)).chain(levels(other).map(|level| (true, level))).collect();
        let is_within = |price: Price| match (order.price, order.side) {
            (None, _) => true,
            (Some(limit), Side::Buy) => price <= limit,
            (Some(limit), Side::Sell) => price >= limit,
        };
        all.retain(|(_, level)| is_within(level.price));
        all.sort_by_key(|(_, level)| if order.side == Side::Buy { level.price.0 } else { -level.price.0 });
        let (mut left, mut there, mut worst) = (order.quantity, Qty::ZERO, None);
        for (is_other, level) in all {
            let taken = left.min(level.quantity);
            left -= taken;
            if is_other && taken.is_positive() {
                (there, worst) = (there + taken, Some(level.price));
            }
        }
        if worst.is_none() || !self.market.board(other).is_trading(order.symbol) {
            return Qty::ZERO;
        }
        let now = self.now;
        let leg = StyledOrder { style: OrderStyle::LimitIoc, quantity: there, price: worst, ..order.clone() };
        let mut of_leg = Outcome::default();
        let entered = self.market.on_board(other, order.symbol, |board, out| board.enter(leg, now, out), &mut of_leg);
        if entered.is_err() {
            return Qty::ZERO;
        }
        // The order itself goes on where it is sent next.
        of_leg.reports.retain(
            |report| !matches!(report, Report::Execution(one, _) if one.order_id == order.id && one.end.is_some()),
        );
        let of_order = of_leg.reports.iter().filter_map(|report| match report {
            Report::Execution(one, _) if one.order_id == order.id => Some(one.last_qty),
            _ => None,
        });
        let filled = of_order.sum();
        outcome.happenings.append(&mut of_leg.happenings);
        outcome.reports.append(&mut of_leg.reports);
        filled
    }
}

/// The other one of the two books of a smart order.
pub(super) fn other_venue(place: Place) -> Place {
    if place == Place::Nxt { Place::Krx } else { Place::Nxt }
}

/// The place of an order that names its venue.
pub(super) fn place_of(venue: TradingVenue, style: OrderStyle) -> Place {
    match (venue, style) {
        (TradingVenue::Nxt, _) => Place::Nxt,
        (TradingVenue::Krx, OrderStyle::PreHoursClose | OrderStyle::AfterHoursClose) => Place::AtClose,
        (TradingVenue::Krx, _) => Place::Krx,
    }
}
