//! What an order meets when all that is known of the market is one bar.
//!
//! An order decided on a bar is executed against the *next* bar, never against the one it was decided on. The rules
//! are cautious: a limit order that the bar only touched is not filled, a bar that never left the price limit fills
//! nobody on the crowded side, and own orders together take no more than a small share of the volume.

use exodus_domain::{Bar, OrderFields, OrderType, Price, PriceLimits, Qty, Side};

/// Basis points in one.
const BASIS_POINTS: i64 = 10_000;

/// One bar as a market. Own orders executed against it share its volume in the order in which they come.
#[derive(Clone, Debug)]
pub struct BarMarket {
    bar: Bar,
    /// The side that finds no counterpart because the bar never left its price limit.
    locked: Option<Side>,
    available: Qty,
}

/// Shares that an order got from a bar. The rest, if any, ends with the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarFill {
    /// Shares, at least one and at most what was ordered.
    pub quantity: Qty,
    /// The one price of all of them, between the low and the high of the bar.
    pub price: Price,
}

impl BarMarket {
    /// The share of a bar's volume that own orders may take together: 10 %.
    pub const DEFAULT_VOLUME_SHARE_BP: i64 = 1_000;

    /// A market made of `bar`, of which own orders may take `volume_share_bp` basis points of the volume, rounded
    /// down to whole shares.
    ///
    /// `limits` gives the price limits of the trade date, or `None` where prices are adjusted and limits mean nothing. It
    /// is asked only of a bar that never moved, because no other can be locked.
    pub fn new(bar: Bar, limits: impl FnOnce() -> Option<PriceLimits>, volume_share_bp: i64) -> Self {
        let share = i128::from(bar.volume.0.max(0)) * i128::from(volume_share_bp.clamp(0, BASIS_POINTS));
        let available = i64::try_from(share / i128::from(BASIS_POINTS)).expect("a share is no more than the volume");
        Self { bar, locked: locked_side(&bar, limits), available: Qty(available) }
    }

    /// The closing auction (종가 단일가) of a session that ends with `bar`: all of it at the close.
    ///
    /// An auction that ends at a price limit fills nobody on the crowded side: those who stood there first shared what
    /// came (krx-market §7).
    pub fn closing_auction(bar: Bar, limits: impl FnOnce() -> Option<PriceLimits>, volume_share_bp: i64) -> Self {
        let Bar { close, .. } = bar;
        let auction = if bar.is_halted() { bar } else { Bar { open: close, high: close, low: close, ..bar } };
        Self::new(auction, limits, volume_share_bp)
    }

    /// What `order` gets, if anything.
    ///
    /// A market order pays the open. A limit order gets the open if that is at its limit or better, else its limit
    /// if the bar went strictly through it.
    pub fn execute(&mut self, order: &OrderFields) -> Option<BarFill> {
        if self.bar.is_halted() || self.locked == Some(order.side) {
            return None;
        }
        let price = self.price_for(order)?;
        self.taken(order.quantity).map(|quantity| BarFill { quantity, price })
    }

    /// What an order to sell or buy at the market gets that is sent when the bar trades at `price`, within it.
    pub fn execute_at(&mut self, side: Side, quantity: Qty, price: Price) -> Option<BarFill> {
        if self.bar.is_halted() || self.locked == Some(side) {
            return None;
        }
        self.taken(quantity).map(|quantity| BarFill { quantity, price })
    }

    /// Takes up to `quantity` of what is available.
    fn taken(&mut self, quantity: Qty) -> Option<Qty> {
        let quantity = quantity.min(self.available);
        self.available -= quantity.max(Qty::ZERO);
        quantity.is_positive().then_some(quantity)
    }

    fn price_for(&self, order: &OrderFields) -> Option<Price> {
        let Bar { open, high, low, .. } = self.bar;
        match (order.order_type, order.price, order.side) {
            (OrderType::Market, _, _) => Some(open),
            (OrderType::Limit, None, _) => None,
            (OrderType::Limit, Some(limit), Side::Buy) => {
                if open <= limit {
                    Some(open)
                } else {
                    (low < limit).then_some(limit)
                }
            }
            (OrderType::Limit, Some(limit), Side::Sell) => {
                if open >= limit {
                    Some(open)
                } else {
                    (high > limit).then_some(limit)
                }
            }
        }
    }
}

/// Buyers of a bar that stood at the upper limit throughout (점상한가) queue in vain, sellers of one at the lower
/// limit likewise (krx-market §7). A bar beyond the limits shows that others were in force, as in liquidation trading.
fn locked_side(bar: &Bar, limits: impl FnOnce() -> Option<PriceLimits>) -> Option<Side> {
    let one_price = bar.open == bar.high && bar.high == bar.low && bar.low == bar.close;
    if !one_price {
        return None;
    }
    let limits = limits()?;
    if bar.close == limits.upper {
        Some(Side::Buy)
    } else if bar.close == limits.lower {
        Some(Side::Sell)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    fn bar(open: i64, high: i64, low: i64, close: i64, volume: i64) -> Bar {
        let date = NaiveDate::from_ymd_opt(2022, 3, 15).expect("a valid date");
        Bar {
            open_time: Bar::day_start(date),
            open: Price(open),
            high: Price(high),
            low: Price(low),
            close: Price(close),
            volume: Qty(volume),
        }
    }

    fn order(side: Side, price: Option<i64>, quantity: i64) -> OrderFields {
        let order_type = if price.is_some() { OrderType::Limit } else { OrderType::Market };
        let symbol = "005930".parse().expect("a valid code");
        OrderFields { symbol, side, order_type, quantity: Qty(quantity), price: price.map(Price) }
    }

    fn fill(quantity: i64, price: i64) -> Option<BarFill> {
        Some(BarFill { quantity: Qty(quantity), price: Price(price) })
    }

    /// The fill that `order` gets from `bar` with a tenth of its volume and no limits.
    fn executed(bar: Bar, order: &OrderFields) -> Option<BarFill> {
        BarMarket::new(bar, || None, BarMarket::DEFAULT_VOLUME_SHARE_BP).execute(order)
    }

    #[test]
    fn each_order_gets_the_price_its_bar_can_prove() {
        let day = bar(100, 110, 90, 105, 1_000);
        let cases = [
            ("a market buy pays the open", Side::Buy, None, fill(10, 100)),
            ("a market sell gets the open", Side::Sell, None, fill(10, 100)),
            ("a buy above the open pays the open", Side::Buy, Some(103), fill(10, 100)),
            ("a buy the bar went through pays its limit", Side::Buy, Some(95), fill(10, 95)),
            ("a buy the bar only touched waits", Side::Buy, Some(90), None),
            ("a buy below the bar waits", Side::Buy, Some(89), None),
            ("a sell below the open gets the open", Side::Sell, Some(97), fill(10, 100)),
            ("a sell the bar went through gets its limit", Side::Sell, Some(105), fill(10, 105)),
            ("a sell the bar only touched waits", Side::Sell, Some(110), None),
            ("a sell above the bar waits", Side::Sell, Some(111), None),
        ];
        for (story, side, price, expected) in cases {
            assert_eq!(executed(day, &order(side, price, 10)), expected, "{story}");
        }
    }

    #[test]
    fn an_order_sent_within_the_bar_shares_its_volume_and_its_lock() {
        let mut market = BarMarket::new(bar(100, 110, 90, 105, 1_000), || None, BarMarket::DEFAULT_VOLUME_SHARE_BP);
        assert_eq!(market.execute(&order(Side::Buy, None, 60)), fill(60, 100));
        assert_eq!(market.execute_at(Side::Sell, Qty(60), Price(95)), fill(40, 95));
        assert_eq!(market.execute_at(Side::Sell, Qty(60), Price(95)), None);
        let limits = || Some(PriceLimits { lower: Price(70), upper: Price(130) });
        let mut locked = BarMarket::new(bar(70, 70, 70, 70, 1_000), limits, BarMarket::DEFAULT_VOLUME_SHARE_BP);
        assert_eq!(locked.execute_at(Side::Sell, Qty(1), Price(70)), None);
    }

    #[test]
    fn own_orders_share_a_tenth_of_the_volume() {
        let mut market = BarMarket::new(bar(100, 110, 90, 105, 1_009), || None, BarMarket::DEFAULT_VOLUME_SHARE_BP);
        assert_eq!(market.execute(&order(Side::Buy, None, 60)), fill(60, 100));
        assert_eq!(market.execute(&order(Side::Sell, None, 60)), fill(40, 100));
        assert_eq!(market.execute(&order(Side::Buy, None, 60)), None);
    }

    #[test]
    fn a_halted_bar_fills_nobody() {
        for halted in [bar(0, 0, 0, 105, 0), bar(105, 105, 105, 105, 0)] {
            assert_eq!(executed(halted, &order(Side::Buy, None, 10)), None);
        }
    }

    #[test]
    fn a_bar_locked_at_a_limit_fills_only_the_other_side() {
        let limits = PriceLimits { lower: Price(70), upper: Price(130) };
        let filled = |price, side| {
            BarMarket::new(bar(price, price, price, price, 1_000), || Some(limits), 1_000)
                .execute(&order(side, None, 1))
                .is_some()
        };
        assert!(!filled(130, Side::Buy) && filled(130, Side::Sell));
        assert!(!filled(70, Side::Sell) && filled(70, Side::Buy));
        assert!(filled(100, Side::Buy) && filled(100, Side::Sell));
    }

    #[test]
    fn prices_beyond_the_limits_show_that_others_were_in_force() {
        let limits = Some(PriceLimits { lower: Price(70), upper: Price(130) });
        let filled = |price, side| {
            BarMarket::new(bar(price, price, price, price, 1_000), || limits, 1_000)
                .execute(&order(side, None, 1))
                .is_some()
        };
        assert!(filled(20, Side::Sell) && filled(400, Side::Buy));
    }

    #[test]
    fn the_closing_auction_fills_at_the_close_and_nobody_who_queues_at_a_limit() {
        let limits = Some(PriceLimits { lower: Price(70), upper: Price(130) });
        let filled = |close, side, limit| {
            BarMarket::closing_auction(bar(100, 130, 70, close, 1_000), || limits, 1_000)
                .execute(&order(side, limit, 10))
        };
        assert_eq!(filled(105, Side::Buy, None), fill(10, 105));
        assert_eq!(filled(105, Side::Buy, Some(110)), fill(10, 105));
        assert_eq!(filled(105, Side::Buy, Some(104)), None, "the day was lower, the auction was not");
        assert_eq!((filled(130, Side::Buy, None), filled(130, Side::Sell, None)), (None, fill(10, 130)));
        assert_eq!((filled(70, Side::Sell, None), filled(70, Side::Buy, None)), (None, fill(10, 70)));
        let halted =
            BarMarket::closing_auction(bar(0, 0, 0, 105, 0), || None, 1_000).execute(&order(Side::Buy, None, 1));
        assert_eq!(halted, None);
    }

    proptest! {
        #[test]
        fn fills_stay_inside_the_bar_its_volume_and_the_order(
            prices in prop::array::uniform4(1i64..1_000_000),
            volume in 0i64..10_000_000,
            share in 0i64..=10_000,
            orders in prop::collection::vec((any::<bool>(), prop::option::of(1i64..1_000_000), 1i64..1_000_000), 1..20),
        ) {
            let (high, low) = (*prices.iter().max().expect("four"), *prices.iter().min().expect("four"));
            let mut market = BarMarket::new(bar(prices[0], high, low, prices[1], volume), || None, share);
            let mut taken = 0;
            for (buy, price, quantity) in orders {
                let order = order(if buy { Side::Buy } else { Side::Sell }, price, quantity);
                let Some(fill) = market.execute(&order) else { continue };
                taken += fill.quantity.0;
                prop_assert!(low <= fill.price.0 && fill.price.0 <= high);
                prop_assert!(fill.quantity.is_positive() && fill.quantity <= order.quantity);
                if let Some(limit) = order.price {
                    let kept = if buy { fill.price <= limit } else { fill.price >= limit };
                    prop_assert!(kept, "{fill:?} breaks the limit {limit}");
                }
            }
            prop_assert!(taken <= volume * share / 10_000);
        }
    }
}
