//! What the rules need to know of the issues an account trades.

use exodus_domain::{OrderCosts, Symbol, Won, order_costs};
use exodus_store::orders::Order;
use exodus_store::{Store, StoreError, accounts, instruments};
use exodus_trading::TradedIssue;

use crate::LiveError;

/// The rules of an issue for the next order of an account; `None` if the store does not list it.
///
/// They are read at each decision and never kept: an issue may be halted, and the account may come to other terms with
/// its broker, while a session runs.
pub(crate) async fn find(store: &Store, account_id: i64, symbol: Symbol) -> Result<Option<TradedIssue>, LiveError> {
    Ok(find_many(store, account_id, &[symbol]).await?.pop())
}

/// As [`find`], of several issues at once; those that the store does not list are left out.
pub(crate) async fn find_many(
    store: &Store,
    account_id: i64,
    symbols: &[Symbol],
) -> Result<Vec<TradedIssue>, LiveError> {
    let account = accounts::find(store, account_id).await?.ok_or(StoreError::NotFound)?;
    let found = instruments::find_many(store, symbols).await?;
    Ok(found.iter().map(|instrument| TradedIssue::of(instrument, account.commission)).collect())
}

/// The rules of an issue that an order or a holding names.
pub(crate) async fn get(store: &Store, account_id: i64, symbol: Symbol) -> Result<TradedIssue, LiveError> {
    find(store, account_id, symbol).await?.ok_or(LiveError::UnknownIssue(symbol))
}

/// What an order costs in all once it has traded `cum_amount`, by the schedule it began with.
pub(crate) fn costs_at(order: &Order, issue: &TradedIssue, cum_amount: Won) -> OrderCosts {
    let TradedIssue { market, kind, .. } = *issue;
    order_costs(&order.schedule(kind), order.fields.side, market, kind, order.trade_date, cum_amount)
}
