//! Bodies of `/proof` and `/broker-orders`.

use chrono::{DateTime, FixedOffset, NaiveDate};
use exodus_domain::Side;
use exodus_store::orders::broker_orders::BrokerRow;
use exodus_store::orders::{AccountDay, DayProof, Tally as StoredTally};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::{kst, words};
use crate::market::names::Names;

/// So many orders, and what they traded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tally {
    /// Orders.
    pub(crate) count: u64,
    /// Won traded, before costs.
    pub(crate) amount: i64,
}

/// The orders of an account on a day, counted three times: as they were sent, as the broker has them, as they are booked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProvenDay {
    /// Account.
    pub(crate) account_id: i64,
    /// What its owner calls it.
    pub(crate) account_name: String,
    /// Trade date in Korea.
    pub(crate) date: NaiveDate,
    /// Orders that left, but for those that were refused or never came.
    pub(crate) sent: Tally,
    /// Rows of the broker's lists that belong to them.
    pub(crate) found: Tally,
    /// Orders with a number of the broker, and what the trades of the ledger come to.
    pub(crate) booked: Tally,
    /// Rows of somebody else.
    pub(crate) external: Tally,
    /// Orders that the broker refused.
    pub(crate) refused: u64,
    /// Orders that never came to the broker.
    pub(crate) absent: u64,
    /// Orders of which nobody knows yet.
    pub(crate) doubts: u64,
    /// True if the three counts agree and nothing is in doubt.
    pub(crate) holds: bool,
    /// When two equal lists closed the day; null before.
    #[schema(required)]
    pub(crate) closed_at: Option<DateTime<FixedOffset>>,
    /// When the list was read once more the next morning; null before.
    #[schema(required)]
    pub(crate) checked_at: Option<DateTime<FixedOffset>>,
}

/// An order as the broker's list shows it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BrokerOrder {
    /// Id here.
    pub(crate) id: i64,
    /// Trade date in Korea.
    pub(crate) date: NaiveDate,
    /// The broker's number, unique within account and date.
    pub(crate) broker_order_id: String,
    /// Our order that it belongs to; null for one of somebody else.
    #[schema(required)]
    pub(crate) order_id: Option<i64>,
    /// The order that it amends or cancels; null for a new one.
    #[schema(required)]
    pub(crate) original_id: Option<String>,
    /// Issue.
    pub(crate) symbol: String,
    /// Korean name of the issue; its code where no name is known.
    pub(crate) name_ko: String,
    /// English name of the issue; its code where no name is known.
    pub(crate) name_en: String,
    /// Side.
    #[schema(value_type = words::Side)]
    pub(crate) side: Side,
    /// How it is priced: `limit`, `market`, or `other` for what is never sent from here.
    pub(crate) order_type: String,
    /// Shares ordered.
    pub(crate) quantity: i64,
    /// Limit price in won; null for an order without.
    #[schema(required)]
    pub(crate) price: Option<i64>,
    /// Shares filled.
    pub(crate) filled_quantity: i64,
    /// Won traded, before costs.
    pub(crate) filled_amount: i64,
    /// Shares that may still be filled.
    pub(crate) open_quantity: i64,
    /// How it ended: `cancelled`, `rejected` or `expired`; null while it is open or filled whole.
    #[schema(required)]
    pub(crate) end: Option<String>,
    /// When the broker accepted it.
    pub(crate) accepted_at: DateTime<FixedOffset>,
    /// When it was first seen in a list.
    pub(crate) first_seen_at: DateTime<FixedOffset>,
    /// When a person said that it is somebody else's; null before.
    #[schema(required)]
    pub(crate) confirmed_at: Option<DateTime<FixedOffset>>,
}

/// Which orders of the broker's lists.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BrokerOrderFilter {
    /// True for those only that are of somebody else.
    pub(crate) external: Option<bool>,
    /// First day.
    pub(crate) from: Option<NaiveDate>,
    /// Last day.
    pub(crate) to: Option<NaiveDate>,
}

impl From<StoredTally> for Tally {
    fn from(tally: StoredTally) -> Self {
        Self { count: tally.count, amount: tally.amount.0 }
    }
}

impl ProvenDay {
    pub(super) fn new(day: &AccountDay, account_name: &str) -> Self {
        let DayProof { account_id, trade_date, sent, found, booked, external, refused, absent, doubts } = day.proof;
        Self {
            account_id,
            account_name: account_name.to_owned(),
            date: trade_date,
            sent: sent.into(),
            found: found.into(),
            booked: booked.into(),
            external: external.into(),
            refused,
            absent,
            doubts,
            holds: day.proof.holds(),
            closed_at: day.closed_at.map(kst),
            checked_at: day.checked_at.map(kst),
        }
    }
}

impl BrokerOrder {
    pub(crate) fn new(row: BrokerRow, names: &Names) -> Self {
        Self {
            id: row.id,
            date: row.trade_date,
            order_id: row.order_id,
            symbol: row.symbol.to_string(),
            name_ko: names.ko(row.symbol),
            name_en: names.en(row.symbol),
            side: row.side,
            quantity: row.facts.order_qty.0,
            price: row.price.map(|price| price.0),
            filled_quantity: row.facts.cum_qty.0,
            filled_amount: row.facts.cum_amount.0,
            open_quantity: row.open_quantity().0,
            end: row.facts.end.map(|end| end.as_str().to_owned()),
            accepted_at: kst(row.accepted_at),
            first_seen_at: kst(row.first_seen_at),
            confirmed_at: row.confirmed_at.map(kst),
            order_type: row.order_type,
            broker_order_id: row.broker_order_id.0,
            original_id: row.original_id.map(|id| id.0),
        }
    }
}
