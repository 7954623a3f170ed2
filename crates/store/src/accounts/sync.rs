//! The books of an account at a broker against the broker's: taken over the first time, compared afterwards.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use exodus_domain::{BrokerBalance, Holding, Notice, Side, Symbol, Won};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::broker::{announce, record};
use super::{Account, lock};
use crate::db::{Store, Tx};
use crate::entities::accounts::ActiveModel;
use crate::entities::holdings as rows;
use crate::error::StoreError;
use crate::orders::broker_orders::BrokerRow;
use crate::{holdings, orders, outbox};

/// What [`sync`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncOutcome {
    /// The first read, or the first after a person released the account: cash and holdings are the broker's now.
    TakenOver,
    /// The books agree, or fills of somebody else's orders explain how they differ.
    Equal,
    /// They differ. Nothing was changed.
    Differs(Difference),
}

/// How the books of an account differ from the broker's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Cash that there should be.
    pub expected_cash: Won,
    /// Cash that the broker tells.
    pub told_cash: Won,
    /// Issues whose number of shares differs: expected, told.
    pub holdings: BTreeMap<Symbol, (i64, i64)>,
}

/// Of what somebody else traded, so much may go to costs that nobody told us.
const COSTS_OF_OTHERS: i64 = 100;

/// Holds the books of an account against what the broker told, and takes its word the first time and after a person
/// released the account. In one transaction, with an audit entry for each change.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such account.
pub async fn sync(store: &Store, id: i64, told: &BrokerBalance, now: DateTime<Utc>) -> Result<SyncOutcome, StoreError> {
    let tx = store.begin().await?;
    let account = lock(&tx, id).await?;
    let known: Vec<Holding> = holdings::of_account(&tx, id).await?.into_iter().map(|record| record.holding).collect();
    if account.synced_at.is_none() {
        take_over(&tx, &account, &known, told, now).await?;
        tx.commit().await?;
        return Ok(SyncOutcome::TakenOver);
    }
    let others = orders::uncounted(&tx, id).await?;
    if let Some(difference) = difference(&account, &known, told, &others) {
        return Ok(SyncOutcome::Differs(difference));
    }
    let seen = ActiveModel { id: Set(id), synced_at: Set(Some(now)), ..Default::default() };
    seen.update(&tx.executor()).await?;
    tx.commit().await?;
    Ok(SyncOutcome::Equal)
}

/// What differs, once the fills of others are counted; `None` if nothing does.
fn difference(account: &Account, known: &[Holding], told: &BrokerBalance, others: &[BrokerRow]) -> Option<Difference> {
    let mut expected = quantities(known);
    let (mut expected_cash, mut traded) = (account.cash, Won::ZERO);
    for row in others {
        let (quantity, amount) = (row.uncounted_quantity().0, row.uncounted_amount());
        let sign = if row.side == Side::Buy { 1 } else { -1 };
        *expected.entry(row.symbol).or_default() += sign * quantity;
        expected_cash -= Won(sign * amount.0);
        traded += amount;
    }
    let shown = quantities(&told.holdings);
    let symbols: BTreeSet<Symbol> = expected.keys().chain(shown.keys()).copied().collect();
    let of = |held: &BTreeMap<Symbol, i64>, symbol| held.get(&symbol).copied().unwrap_or(0);
    let holdings: BTreeMap<Symbol, (i64, i64)> = symbols
        .into_iter()
        .map(|symbol| (symbol, (of(&expected, symbol), of(&shown, symbol))))
        .filter(|(_, (expected, shown))| expected != shown)
        .collect();
    let is_cash_equal = (expected_cash.0 - told.cash.0).abs() <= traded.0 / COSTS_OF_OTHERS;
    let differs = !is_cash_equal || !holdings.is_empty();
    differs.then_some(Difference { expected_cash, told_cash: told.cash, holdings })
}

/// Makes cash and holdings the broker's. What others traded until now is in them.
async fn take_over(
    tx: &Tx,
    account: &Account,
    known: &[Holding],
    told: &BrokerBalance,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let held = replace_holdings(tx, account, known, &told.holdings, now).await?;
    orders::count_others(tx, account.id).await?;
    // Total assets = initial cash + realised + unrealised holds before and after.
    let cost = |holdings: &[Holding]| -> Won { holdings.iter().map(|holding| holding.cost).sum() };
    let brought = (told.cash + cost(&held)) - (account.cash + cost(known));
    let change = ActiveModel {
        id: Set(account.id),
        cash: Set(told.cash.0),
        initial_cash: Set((account.initial_cash + brought).0),
        synced_at: Set(Some(now)),
        updated_at: Set(now),
        ..Default::default()
    };
    let taken = Account::try_from(change.update(&tx.executor()).await?)?;
    announce(tx, account, now).await?;
    let detail = json!({
        "cash": { "before": account.cash, "after": told.cash },
        "holdings": { "before": quantities(known), "after": quantities(&held) },
    });
    record(tx, (Some(account), Some(&taken)), "system", "account.take_over", detail, now).await
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
