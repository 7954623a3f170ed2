//! The books of an account at a broker against the broker's: taken over the first time, compared afterwards.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use exodus_domain::{BrokerBalance, Holding, Notice, Symbol, Won};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::broker::{announce, record};
use super::{Account, lock};
use crate::db::{Store, Tx};
use crate::entities::accounts::ActiveModel;
use crate::entities::holdings as rows;
use crate::error::StoreError;
use crate::{holdings, orders, outbox};

/// What [`sync`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncOutcome {
    /// The first read: cash and holdings are the broker's now.
    TakenOver,
    /// The books agree.
    Equal,
    /// They differ, and something of ours may explain it: nothing was changed.
    Differs,
    /// They differed without an open order, by somebody else's order, a deposit or a corporate action: cash and holdings
    /// are the broker's now.
    Corrected,
}

/// Holds the books of an account against what the broker told at `read_at`, and takes its word the first time, and later
/// if `may_correct` and nothing of ours can explain a difference: no order is open, and nothing was booked since the
/// balance was read. In one transaction, with an audit entry for each change.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such account.
pub async fn sync(
    store: &Store,
    id: i64,
    told: &BrokerBalance,
    read_at: DateTime<Utc>,
    may_correct: bool,
    now: DateTime<Utc>,
) -> Result<SyncOutcome, StoreError> {
    let tx = store.begin().await?;
    let account = lock(&tx, id).await?;
    let known: Vec<Holding> = holdings::of_account(&tx, id).await?.into_iter().map(|record| record.holding).collect();
    let is_first = account.synced_at.is_none();
    let is_equal = account.cash == told.cash && quantities(&known) == quantities(&told.holdings);
    if !is_first && is_equal {
        let seen = ActiveModel { id: Set(id), synced_at: Set(Some(now)), ..Default::default() };
        seen.update(&tx.executor()).await?;
        tx.commit().await?;
        return Ok(SyncOutcome::Equal);
    }
    let is_at_rest = may_correct && account.updated_at <= read_at && orders::open(&tx, id).await?.is_empty();
    if !is_first && !is_at_rest {
        return Ok(SyncOutcome::Differs);
    }
    let held = replace_holdings(&tx, &account, &known, &told.holdings, now).await?;
    // Total assets = initial cash + realised + unrealised holds before and after.
    let cost = |holdings: &[Holding]| -> Won { holdings.iter().map(|holding| holding.cost).sum() };
    let brought = (told.cash + cost(&held)) - (account.cash + cost(&known));
    let change = ActiveModel {
        id: Set(id),
        cash: Set(told.cash.0),
        initial_cash: Set((account.initial_cash + brought).0),
        synced_at: Set(Some(now)),
        updated_at: Set(now),
        ..Default::default()
    };
    change.update(&tx.executor()).await?;
    let action = if is_first { "account.take_over" } else { "account.correct" };
    let detail = json!({
        "cash": { "before": account.cash, "after": told.cash },
        "holdings": { "before": quantities(&known), "after": quantities(&held) },
    });
    record(&tx, &account, "system", action, detail, now).await?;
    announce(&tx, &account, now).await?;
    tx.commit().await?;
    Ok(if is_first { SyncOutcome::TakenOver } else { SyncOutcome::Corrected })
}

fn quantities(holdings: &[Holding]) -> BTreeMap<Symbol, i64> {
    holdings.iter().map(|holding| (holding.symbol, holding.quantity.0)).collect()
}

/// Makes the holdings those of the broker. One whose quantity is right keeps its cost, which its own fills made.
async fn replace_holdings(
    tx: &Tx,
    account: &Account,
    known: &[Holding],
    told: &[Holding],
    now: DateTime<Utc>,
) -> Result<Vec<Holding>, StoreError> {
    let told_of = |symbol| Notice::HoldingChanged { user_id: account.user_id, account_id: account.id, symbol };
    let is_kept =
        |told: &Holding| known.iter().find(|known| (known.symbol, known.quantity) == (told.symbol, told.quantity));
    let held: Vec<Holding> = told.iter().map(|holding| *is_kept(holding).unwrap_or(holding)).collect();
    for holding in known.iter().filter(|known| !held.contains(known)) {
        let row = rows::Entity::delete_many()
            .filter(rows::Column::AccountId.eq(account.id))
            .filter(rows::Column::Symbol.eq(holding.symbol.as_str()));
        row.exec(&tx.executor()).await?;
        outbox::add(tx, &told_of(holding.symbol), now).await?;
    }
    for holding in held.iter().filter(|held| !known.contains(held)) {
        let row = rows::ActiveModel {
            user_id: Set(account.user_id),
            account_id: Set(account.id),
            symbol: Set(holding.symbol.to_string()),
            quantity: Set(holding.quantity.0),
            cost: Set(holding.cost.0),
            average_price: Set(holding.average_price().0),
            current_price: Set(None),
            unrealized_pnl: Set(None),
            updated_at: Set(now),
            ..Default::default()
        };
        row.insert(&tx.executor()).await?;
        outbox::add(tx, &told_of(holding.symbol), now).await?;
    }
    Ok(held)
}
