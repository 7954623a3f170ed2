//! Orders as the broker numbers and lists them: one row for each new order, amendment and cancellation.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    AvgPrice, OrderCosts, OrderStyle, Phase, Price, Qty, RowEnd, Side, Symbol, TradingVenue, Won, average_fill_price,
};
use serde::{Deserialize, Serialize};

/// Where the sender wants an order to go (EXCG_ID_DVSN_CD, kis-openapi §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderVenue {
    /// Korea Exchange.
    Krx,
    /// Nextrade.
    Nxt,
    /// The broker chooses (smart order routing): here once, at entry.
    Sor,
}

/// Who sent an order of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// The API, with the keys of the account.
    Api,
    /// Somebody else with the same account: its owner on a phone, another program.
    Other,
    /// The broker itself, for the reservation of that number.
    Reservation(u32),
}

/// What a row of the order list does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderAction {
    /// A new order.
    New,
    /// Takes the place of (a part of) an earlier one.
    Amend,
    /// Cancels (a part of) an earlier one.
    Cancel,
}

/// A new order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOrder {
    /// Issue.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Pricing and how long it waits.
    pub style: OrderStyle,
    /// The order type as sent (ORD_DVSN), to be shown again in lists and notices.
    pub code: String,
    /// The one phase that the order type is for: the after-market for 41–47, the pre-market for 27–29.
    pub only_in: Option<Phase>,
    /// Shares.
    pub quantity: Qty,
    /// Limit price; `None` where the style has none.
    pub price: Option<Price>,
    /// Stop price of a stop limit order.
    pub stop: Option<Price>,
    /// Venue.
    pub venue: OrderVenue,
}

/// Which open order is changed, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Branch that numbered it; empty for whichever.
    pub branch: String,
    /// Its number.
    pub original: u32,
    /// Shares to take out of it; `None` for all that is open.
    pub quantity: Option<Qty>,
}

/// An amendment: what is taken out of the original becomes an order of these terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amend {
    /// Which order, and how much of it.
    pub change: Change,
    /// New style.
    pub style: OrderStyle,
    /// New order type as sent.
    pub code: String,
    /// New limit price.
    pub price: Option<Price>,
    /// New stop price.
    pub stop: Option<Price>,
}

/// The number of an order, unique by date, branch and number (kis-openapi §5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderKey {
    /// Trade date.
    pub date: NaiveDate,
    /// Branch, five digits.
    pub branch: String,
    /// Number, upwards from the first order of the day.
    pub number: u32,
    /// When the broker took it.
    pub at: DateTime<Utc>,
}

impl OrderKey {
    /// The number as the broker writes it: ten digits.
    pub fn odno(&self) -> String {
        format!("{:010}", self.number)
    }
}

/// One row of the list of a day (kis-openapi §5.4, §5.9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRow {
    /// Number.
    pub key: OrderKey,
    /// What the row does.
    pub action: OrderAction,
    /// The number of the order that it amends or cancels.
    pub original: Option<u32>,
    /// Who sent it.
    pub origin: Origin,
    /// Issue.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Pricing.
    pub style: OrderStyle,
    /// Order type as sent.
    pub code: String,
    /// The phase it was for, where it named one.
    pub only_in: Option<Phase>,
    /// Venue as sent.
    pub venue: OrderVenue,
    /// The venue that has it.
    pub routed_to: TradingVenue,
    /// Shares ordered, or to be cancelled.
    pub quantity: Qty,
    /// Limit price as sent.
    pub price: Option<Price>,
    /// Stop price as sent.
    pub stop: Option<Price>,
    /// When the stop price was reached.
    pub stop_reached_at: Option<DateTime<Utc>>,
    /// Shares filled.
    pub filled: Qty,
    /// Won traded.
    pub amount: Won,
    /// Shares cancelled; on a cancel row those that it cancelled.
    pub cancelled: Qty,
    /// Shares that went over to an amendment with a later number.
    pub amended: Qty,
    /// Shares that the exchange sent back, by refusing them or because the session ended.
    pub rejected: Qty,
    /// How it ended, if it did and was not filled whole.
    pub end: Option<RowEnd>,
    /// Commission and tax so far.
    pub costs: OrderCosts,
    /// Time of the last change.
    pub changed_at: DateTime<Utc>,
}

impl OrderRow {
    /// Shares still open.
    pub fn remaining(&self) -> Qty {
        match self.action {
            OrderAction::Cancel => Qty::ZERO,
            OrderAction::New | OrderAction::Amend => {
                self.quantity - self.filled - self.cancelled - self.amended - self.rejected
            }
        }
    }

    /// Average price of its fills.
    pub fn average(&self) -> Option<AvgPrice> {
        average_fill_price(self.amount, self.filled)
    }
}
