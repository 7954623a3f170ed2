//! Whether cash or shares moved by more than the lists explain (M5, M7).

use exodus_domain::{OrderFields, Qty, Side, Won};

/// What the broker's balance says of an order that its list does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Funds {
    /// The balance was not read.
    Unread,
    /// Everything is explained without the order.
    Still,
    /// Cash or shares are missing that nothing explains.
    Moved,
}

/// Both sides of the comparison, for the issue of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Books {
    /// Cash at the broker, settled or not.
    pub(crate) cash: Won,
    /// Cash that new orders may use.
    pub(crate) orderable: Won,
    /// Shares of the issue at the broker.
    pub(crate) held: Qty,
    /// Of those, shares that can be sold now; `None` if the broker does not tell.
    pub(crate) sellable: Option<Qty>,
    /// Cash in our books.
    pub(crate) known_cash: Won,
    /// Shares of the issue in our books.
    pub(crate) known_held: Qty,
    /// Cash that open buy orders of the lists hold back, our own and others'.
    pub(crate) open_buys: Won,
    /// Shares that open sell orders of the lists hold back.
    pub(crate) open_sells: Qty,
}

/// Whether the order left a trace: of a buy in cash, of a sell in shares (M7). Costs are held back as well, and brokers
/// round; half of what the order is worth is trace enough, and less is none.
pub(crate) fn funds(order: &OrderFields, worth: Won, books: &Books) -> Funds {
    let moved = match order.side {
        Side::Buy => {
            let held_back = books.cash - books.orderable - books.open_buys;
            let spent = books.known_cash - books.cash;
            let trace = Won(worth.0 / 2);
            books.held > books.known_held || (worth.is_positive() && (held_back >= trace || spent >= trace))
        }
        Side::Sell => {
            let held_back = books.sellable.map_or(Qty::ZERO, |sellable| books.held - sellable - books.open_sells);
            books.held < books.known_held || held_back.is_positive()
        }
    };
    if moved { Funds::Moved } else { Funds::Still }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exodus_domain::{OrderType, Price};

    const QUIET: Books = Books {
        cash: Won(1_000_000),
        orderable: Won(1_000_000),
        held: Qty(10),
        sellable: Some(Qty(10)),
        known_cash: Won(1_000_000),
        known_held: Qty(10),
        open_buys: Won(0),
        open_sells: Qty(0),
    };

    fn found(side: Side, books: Books) -> Funds {
        let order = OrderFields {
            symbol: "00I010".parse().expect("a valid code"),
            side,
            order_type: OrderType::Limit,
            quantity: Qty(10),
            price: Some(Price(10_000)),
        };
        funds(&order, Won(100_000), &books)
    }

    #[test]
    fn what_is_held_back_or_gone_without_a_row_is_a_trace_of_the_order() {
        let cases = [
            ("nothing moved", Side::Buy, QUIET, Funds::Still),
            ("nothing moved", Side::Sell, QUIET, Funds::Still),
            ("cash held back", Side::Buy, Books { orderable: Won(899_000), ..QUIET }, Funds::Moved),
            ("a fee held back", Side::Buy, Books { orderable: Won(999_000), ..QUIET }, Funds::Still),
            (
                "cash held back by a row",
                Side::Buy,
                Books { orderable: Won(899_000), open_buys: Won(100_000), ..QUIET },
                Funds::Still,
            ),
            ("cash spent", Side::Buy, Books { cash: Won(899_000), orderable: Won(899_000), ..QUIET }, Funds::Moved),
            ("shares came", Side::Buy, Books { held: Qty(20), ..QUIET }, Funds::Moved),
            ("shares held back", Side::Sell, Books { sellable: Some(Qty(0)), ..QUIET }, Funds::Moved),
            (
                "shares held back by a row",
                Side::Sell,
                Books { sellable: Some(Qty(0)), open_sells: Qty(10), ..QUIET },
                Funds::Still,
            ),
            ("shares went", Side::Sell, Books { held: Qty(0), sellable: Some(Qty(0)), ..QUIET }, Funds::Moved),
            ("sellable not told", Side::Sell, Books { sellable: None, ..QUIET }, Funds::Still),
            ("cash says nothing of a sell", Side::Sell, Books { orderable: Won(0), ..QUIET }, Funds::Still),
        ];
        for (story, side, books, expected) in cases {
            assert_eq!(found(side, books), expected, "{story}");
        }
    }
}
