//! What an account was worth at the end of a day.

use chrono::NaiveDate;
use exodus_domain::{Won, kst_date};
use exodus_store::accounts::{self, Account, AccountBroker};
use exodus_store::snapshots::{self, AccountSnapshot};
use exodus_store::{Store, holdings};

use crate::LiveError;

/// Writes down what an account is worth now as its snapshot of `date`, in place of an earlier one of that date.
///
/// A holding is valued at its last price; one that never had a price counts at cost.
///
/// # Errors
/// [`LiveError::Store`].
pub async fn take_snapshot(store: &Store, account: &Account, date: NaiveDate) -> Result<AccountSnapshot, LiveError> {
    let held = holdings::of_account(store, account.id).await?;
    let value = |record: &holdings::HoldingRecord| match record.current_price {
        Some(price) => record.holding.market_value(price),
        None => record.holding.cost,
    };
    let stock_value: Won = held.iter().map(value).sum();
    let cost: Won = held.iter().map(|record| record.holding.cost).sum();
    let snapshot = AccountSnapshot {
        id: 0,
        user_id: account.user_id,
        account_id: account.id,
        snapshot_date: date,
        total_assets: account.cash + stock_value,
        cash_balance: account.cash,
        stock_value,
        realized_pnl: account.realized_pnl,
        unrealized_pnl: stock_value - cost,
    };
    Ok(snapshots::upsert(store, &snapshot).await?)
}

/// Takes the snapshots of `date` of all accounts that existed then.
pub(crate) async fn take_all(store: &Store, date: NaiveDate) -> Result<(), LiveError> {
    for account in accounts::list(store).await? {
        // Of an account whose broker was never read nothing is known.
        let is_known = account.broker == AccountBroker::Demo || account.synced_at.is_some();
        if is_known && kst_date(account.created_at) <= date {
            take_snapshot(store, &account, date).await?;
        }
    }
    Ok(())
}
