//! The true books of all accounts, for control API and page.

use chrono::{DateTime, Utc};
use exodus_domain::{Side, Symbol, kst_date};
use serde::Serialize;

use crate::keys::Credentials;
use crate::rest::Desk;
use crate::world::{OrderAction, OrderRow, OrderVenue, Origin, World};

/// An account with everything that is true of it.
#[derive(Serialize)]
pub(crate) struct AccountView {
    #[serde(flatten)]
    pub(crate) credentials: Credentials,
    pub(crate) cash: CashView,
    pub(crate) holdings: Vec<HoldingView>,
    /// Those of today, oldest first.
    pub(crate) orders: Vec<OrderView>,
}

/// Won.
#[derive(Default, Serialize)]
pub(crate) struct CashView {
    pub(crate) d: i64,
    pub(crate) d1: i64,
    pub(crate) d2: i64,
    pub(crate) orderable: i64,
    pub(crate) total: i64,
}

/// Shares and won.
#[derive(Serialize)]
pub(crate) struct HoldingView {
    pub(crate) symbol: Symbol,
    pub(crate) name: String,
    pub(crate) quantity: i64,
    pub(crate) sellable: i64,
    /// Won that the shares held cost.
    pub(crate) cost: i64,
    pub(crate) value: i64,
}

/// A row of the day's list.
#[derive(Serialize)]
pub(crate) struct OrderView {
    pub(crate) branch: String,
    pub(crate) odno: String,
    pub(crate) original: Option<String>,
    pub(crate) action: &'static str,
    /// True for an order that did not come by the API.
    pub(crate) by_hand: bool,
    pub(crate) symbol: Symbol,
    pub(crate) side: Side,
    pub(crate) code: String,
    pub(crate) venue: &'static str,
    pub(crate) quantity: i64,
    pub(crate) price: Option<i64>,
    pub(crate) filled: i64,
    pub(crate) amount: i64,
    pub(crate) remaining: i64,
    pub(crate) cancelled: i64,
    pub(crate) amended: i64,
    pub(crate) rejected: i64,
    pub(crate) commission: i64,
    pub(crate) tax: i64,
    pub(crate) at: DateTime<Utc>,
}

/// All accounts of both environments.
pub(crate) fn accounts(desk: &Desk) -> Vec<AccountView> {
    let credentials = desk.shared.keys().credentials().to_vec();
    desk.shared.with_world(|world, now| credentials.into_iter().map(|one| account(world, one, now)).collect())
}

fn account(world: &mut World, credentials: Credentials, now: DateTime<Utc>) -> AccountView {
    let number = credentials.account_no.replace('-', "");
    // An account of the ring is one of the world: both are made together.
    let (cash, holdings) = match world.balance(&number, now) {
        Err(_) => (CashView::default(), Vec::new()),
        Ok(balance) => {
            let cash = CashView {
                d: balance.cash.d.0,
                d1: balance.cash.d1.0,
                d2: balance.cash.d2.0,
                orderable: balance.cash.orderable.0,
                total: balance.cash.total.0,
            };
            let holdings = balance.rows.into_iter().map(|row| HoldingView {
                symbol: row.symbol,
                name: row.name_ko,
                quantity: row.quantity.0,
                sellable: row.sellable.0,
                cost: row.cost.0,
                value: row.value.0,
            });
            (cash, holdings.collect())
        }
    };
    let today = kst_date(now);
    let orders = world.orders(&number, today, today).into_iter().map(order).collect();
    AccountView { credentials, cash, holdings, orders }
}

fn order(row: &OrderRow) -> OrderView {
    OrderView {
        branch: row.key.branch.clone(),
        odno: row.key.odno(),
        original: row.original.map(|number| format!("{number:010}")),
        action: match row.action {
            OrderAction::New => "new",
            OrderAction::Amend => "amend",
            OrderAction::Cancel => "cancel",
        },
        by_hand: row.origin == Origin::Other,
        symbol: row.symbol,
        side: row.side,
        code: row.code.clone(),
        venue: match row.venue {
            OrderVenue::Krx => "krx",
            OrderVenue::Nxt => "nxt",
            OrderVenue::Sor => "sor",
        },
        quantity: row.quantity.0,
        price: row.price.map(|price| price.0),
        filled: row.filled.0,
        amount: row.amount.0,
        remaining: row.remaining().0,
        cancelled: row.cancelled.0,
        amended: row.amended.0,
        rejected: row.rejected.0,
        commission: row.costs.commission.0,
        tax: row.costs.tax.0,
        at: row.key.at,
    }
}
