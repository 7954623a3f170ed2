//! T10, T13 and T15–T19: a row of the broker's list. Fills are booked from its cumulative figures, never from
//! notices: the difference to what is booked already is one trade, so reading a row again books nothing again.

use chrono::{DateTime, Utc};
use exodus_domain::testing::{Defect, Point, planted, reach};
use exodus_domain::{
    AvgPrice, BrokerOrderId, Fill, ForbiddenTransition, Notice, OrderCosts, OrderEvent, Qty, RowFacts, Side, Won,
    average_fill_price,
};
use sea_orm::{ActiveModelTrait, Set};
use serde_json::Value;

use super::{BoundBy, Order, answer, cancels, lists, step};
use crate::accounts::{self, Account};
use crate::db::{Store, Tx};
use crate::entities::{orders, trades};
use crate::error::StoreError;
use crate::holdings;
use crate::outbox;
use crate::trades::Trade;

/// A row of the broker's list, for one order.
#[derive(Clone, Debug)]
pub struct RowUpdate {
    /// How the row was found, with its facts: [`OrderEvent::RowRead`], [`OrderEvent::Matched`],
    /// [`OrderEvent::PersonBound`] or [`OrderEvent::Reappeared`].
    pub event: OrderEvent,
    /// Binds the order to the row, if it is not bound.
    pub binding: Option<Binding>,
    /// Commission and tax of the whole order at the row's cumulative amount. What is booked already is subtracted.
    pub costs: OrderCosts,
    /// When the newest fill happened, as far as known.
    pub executed_at: DateTime<Utc>,
}

/// How an order comes to its number other than by the answer to it.
#[derive(Clone, Debug)]
pub struct Binding {
    /// The broker's number.
    pub number: BrokerOrderId,
    /// The list or a person.
    pub by: BoundBy,
    /// Until then nothing else of the same account, symbol and side may be sent (safety M1).
    pub locked_until: Option<DateTime<Utc>>,
    /// What spoke for it; kept with the order.
    pub evidence: Option<Value>,
}

/// The outcome of [`apply_row`].
#[derive(Clone, Debug, PartialEq)]
pub struct RowOutcome {
    /// The order as it stands.
    pub order: Order,
    /// The trade that was booked, if the row showed new fills.
    pub trade: Option<Trade>,
    /// False if the row told nothing new and nothing was written.
    pub changed: bool,
}

/// Applies a row: state, number, and whatever was filled since the last row, in one transaction. A row that shows
/// fewer fills than are booked is stale and books nothing.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Transition`]; [`StoreError::OverSold`];
/// [`StoreError::Conflict`] `bind_conflict`, `kis_order_id`, or `fill_amount` if more shares were filled for no more
/// money. Nothing is changed then; halt the account.
pub async fn apply_row(
    store: &Store,
    order_id: i64,
    row: &RowUpdate,
    now: DateTime<Utc>,
) -> Result<RowOutcome, StoreError> {
    let tx = store.begin().await?;
    let outcome = apply_in(&tx, order_id, row, now).await?;
    if outcome.changed {
        tx.commit().await?;
    }
    Ok(outcome)
}

/// The same within a transaction.
pub(super) async fn apply_in(
    tx: &Tx,
    order_id: i64,
    row: &RowUpdate,
    now: DateTime<Utc>,
) -> Result<RowOutcome, StoreError> {
    let (account, order) = step::lock(tx, order_id).await?;
    let facts = facts_of(&order, &row.event)?;
    if planted(Defect::RefusedCancelAsAlive) && cancels::was_refused(tx, order.id).await? {
        return Ok(RowOutcome { order, trade: None, changed: false });
    }
    let next = order.state.after(&row.event)?;
    let binding = match &row.binding {
        Some(binding) if !answer::is_bound(&order, &binding.number)? => Some(binding),
        _ => None,
    };
    let fill = new_fill(&order, facts, row.costs)?;
    if fill.is_none() && binding.is_none() && next == order.state {
        return Ok(RowOutcome { order, trade: None, changed: false });
    }
    let mut change = orders::ActiveModel { ..Default::default() };
    if let Some(binding) = binding {
        lists::bind_row(tx, order.account_id, order.trade_date, &binding.number, order.id).await?;
        change.kis_order_id = Set(Some(binding.number.0.clone()));
        change.bound_by = Set(Some(binding.by.as_str().to_owned()));
        change.locked_until = Set(binding.locked_until);
        change.is_suspect = Set(false);
        if binding.evidence.is_some() {
            change.evidence = Set(binding.evidence.clone());
        }
        reach(Point::K18);
    }
    let trade = match fill {
        Some(fill) => {
            change.filled_quantity = Set(facts.cum_qty.0);
            change.filled_amount = Set(facts.cum_amount.0);
            change.filled_price = Set(average_fill_price(facts.cum_amount, facts.cum_qty).map(|price| price.0));
            change.commission = Set(row.costs.commission.0);
            change.tax = Set(row.costs.tax.0);
            Some(book(tx, account, &order, &fill, facts.cum_qty, row.executed_at, now).await?)
        }
        None => None,
    };
    let detail = format!("{} of {} filled", facts.cum_qty, facts.order_qty);
    let order = step::take(tx, &order, &row.event, &detail, change, now).await?;
    Ok(RowOutcome { order, trade, changed: true })
}

fn facts_of<'e>(order: &Order, event: &'e OrderEvent) -> Result<&'e RowFacts, StoreError> {
    match event {
        OrderEvent::RowRead(facts)
        | OrderEvent::Matched(facts)
        | OrderEvent::PersonBound(facts)
        | OrderEvent::Reappeared(facts) => Ok(facts),
        _ => Err(ForbiddenTransition { from: order.state, event: event.as_str() }.into()),
    }
}

/// What was filled since the last row; `None` if nothing was.
fn new_fill(order: &Order, facts: &RowFacts, costs: OrderCosts) -> Result<Option<Fill>, StoreError> {
    let booked = if planted(Defect::CumulativeAsDelta) { Qty::ZERO } else { order.filled_quantity };
    let quantity = facts.cum_qty - booked;
    if facts.cum_qty <= order.filled_quantity || !quantity.is_positive() {
        return Ok(None);
    }
    let amount = facts.cum_amount - order.filled_amount;
    if !amount.is_positive() {
        return Err(StoreError::Conflict("fill_amount"));
    }
    Ok(Some(Fill {
        side: order.fields.side,
        quantity,
        amount,
        commission: costs.commission - order.commission,
        tax: costs.tax - order.tax,
    }))
}

/// Books a fill: holding, cash, realised profit, trade.
async fn book(
    tx: &Tx,
    mut account: Account,
    order: &Order,
    fill: &Fill,
    cum_quantity: Qty,
    executed_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Trade, StoreError> {
    let realized = holdings::book(tx, &account, order.fields.symbol, fill, now).await?;
    account.cash += fill.cash_flow();
    account.realized_pnl += realized;
    accounts::save_balance(tx, &account, now).await?;
    let trade = insert_trade(tx, order, fill, cum_quantity, realized, executed_at).await?;
    let Order { user_id, account_id, .. } = *order;
    outbox::add(tx, &Notice::TradeBooked { user_id, trade_id: trade.id }, now).await?;
    outbox::add(tx, &Notice::HoldingChanged { user_id, account_id, symbol: order.fields.symbol }, now).await?;
    reach(Point::K20);
    Ok(trade)
}

async fn insert_trade(
    tx: &Tx,
    order: &Order,
    fill: &Fill,
    cum_quantity: Qty,
    realized: Won,
    executed_at: DateTime<Utc>,
) -> Result<Trade, StoreError> {
    let row = trades::ActiveModel {
        order_id: Set(order.id),
        user_id: Set(order.user_id),
        account_id: Set(order.account_id),
        symbol: Set(order.fields.symbol.to_string()),
        side: Set(fill.side.as_str().to_owned()),
        quantity: Set(fill.quantity.0),
        cum_quantity: Set(cum_quantity.0),
        price: Set(AvgPrice::of(fill.amount, fill.quantity).0),
        amount: Set(fill.amount.0),
        commission: Set(fill.commission.0),
        tax: Set(fill.tax.0),
        realized_pnl: Set((fill.side == Side::Sell).then_some(realized.0)),
        executed_at: Set(executed_at),
        ..Default::default()
    };
    row.insert(&tx.executor()).await?.try_into()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use exodus_domain::{OrderFields, OrderState, OrderType, Price};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// An accepted buy of a hundred shares.
    fn order() -> Order {
        let at = DateTime::<Utc>::UNIX_EPOCH;
        Order {
            id: 1,
            user_id: 1,
            account_id: 1,
            strategy_id: None,
            strategy_version: None,
            signal_id: None,
            request_id: None,
            fields: OrderFields {
                symbol: "005930".parse().expect("a code"),
                side: Side::Buy,
                order_type: OrderType::Limit,
                quantity: Qty(100),
                price: Some(Price(70_000)),
            },
            state: OrderState::Acked,
            filled_quantity: Qty::ZERO,
            filled_amount: Won::ZERO,
            commission: Won::ZERO,
            tax: Won::ZERO,
            commission_schedule: None,
            kis_order_id: Some(BrokerOrderId("1".to_owned())),
            trade_date: at.date_naive(),
            attempts: 1,
            denial: None,
            decided_at: at,
            claimed_at: Some(at),
            created_at: at,
            updated_at: at,
            fields_hash: String::new(),
            lease_epoch: None,
            sent_at: None,
            hard_deadline_at: None,
            answer_class: None,
            answer_code: None,
            bound_by: Some(BoundBy::Answer),
            locked_until: None,
            is_suspect: false,
            evidence: Some(json!({})),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        /// However often, late and out of order the rows of a list come, the book holds what the fullest of them shows, each
        /// share and each won once (safety §2.7, I8).
        #[test]
        fn the_book_holds_what_the_fullest_row_shows(
            prices in proptest::collection::vec(69_000i64..70_001, 100),
            reads in proptest::collection::vec(0usize..=100, 1..60),
        ) {
            let amount = |cum: usize| prices[..cum].iter().sum::<i64>();
            let costs = |won: i64| OrderCosts { commission: Won(won / 7_000), tax: Won(won / 50_000) };
            let (mut order, mut fills, mut fullest) = (order(), Vec::new(), 0);
            for cum in reads {
                let won = amount(cum);
                let facts = RowFacts { order_qty: Qty(100), cum_qty: Qty(cum as i64), cum_amount: Won(won), end: None };
                let fill = new_fill(&order, &facts, costs(won)).expect("more shares for more money");
                prop_assert_eq!(fill.is_some(), cum > fullest, "only what is new is booked");
                if let Some(fill) = fill {
                    prop_assert!(fill.quantity.is_positive() && fill.amount.is_positive());
                    (order.filled_quantity, order.filled_amount) = (facts.cum_qty, facts.cum_amount);
                    (order.commission, order.tax) = (costs(won).commission, costs(won).tax);
                    fills.push(fill);
                }
                fullest = fullest.max(cum);
                let sum = |part: fn(&Fill) -> Won| fills.iter().map(part).sum::<Won>();
                prop_assert_eq!(fills.iter().map(|fill| fill.quantity).sum::<Qty>(), Qty(fullest as i64));
                prop_assert_eq!(sum(|fill| fill.amount), Won(amount(fullest)));
                let booked = costs(amount(fullest));
                prop_assert_eq!((sum(|f| f.commission), sum(|f| f.tax)), (booked.commission, booked.tax));
            }
        }

        /// More shares for no more money are no fill but a contradiction.
        #[test]
        fn shares_for_nothing_are_refused(first in 1i64..50, more in 1i64..50, less in 0i64..10) {
            let mut order = order();
            (order.filled_quantity, order.filled_amount) = (Qty(first), Won(first * 70_000));
            let cum_amount = Won(first * 70_000 - less);
            let facts = RowFacts { order_qty: Qty(100), cum_qty: Qty(first + more), cum_amount, end: None };
            let fill = new_fill(&order, &facts, OrderCosts::default());
            prop_assert!(matches!(fill, Err(StoreError::Conflict("fill_amount"))));
        }
    }
}
