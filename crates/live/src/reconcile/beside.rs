//! Rows beside those that orders have: of orders thought absent, twins, contradictions, and orders of somebody else.

use chrono::{DateTime, Utc};
use exodus_domain::testing::{Defect, Point, planted, reach};
use exodus_domain::{KillScope, KillState, OrderEvent, OrderState};
use exodus_store::orders::broker_orders::BrokerRow;
use exodus_store::orders::{self, Order};
use exodus_store::{StoreError, accounts, kill_switches, strategies};
use serde_json::json;

use super::doubtful::{numbers, to_json};
use super::{Read, Reconciler, halt};
use crate::LiveError;
use crate::doubts::{ConflictKind, Evidence, Reappearance, conflicts, reappearance};

impl Reconciler {
    pub(super) async fn look_beside(&mut self, read: &mut Read) -> Result<(), LiveError> {
        self.look_for_absent(read).await?;
        self.look_for_conflicts(read).await?;
        self.look_at_others(read).await
    }

    /// T15: rows of orders that were thought never to have come.
    async fn look_for_absent(&mut self, read: &mut Read) -> Result<(), LiveError> {
        if planted(Defect::ResurrectionIgnored) {
            return Ok(());
        }
        let absent: Vec<Order> = read
            .orders
            .iter()
            .filter(|order| order.state == OrderState::NotFound && !order.is_suspect)
            .cloned()
            .collect();
        for order in absent {
            let Some(command) = read.commands.iter().find(|command| command.order_id == order.id).cloned() else {
                continue;
            };
            let rows = read.rows_near(&order);
            let Some(found) = reappearance(&command, &read.commands, &rows, &self.policy) else { continue };
            let changed = match found {
                Reappearance::Bind(number) => match self.bring_back(&order, &command, &number, read).await? {
                    Some(order) => order,
                    None => continue,
                },
                Reappearance::Suspect(candidates) => {
                    let why = format!("rows appeared that it may have made: {}", numbers(&candidates));
                    let evidence = Evidence { why: Some("reappeared".to_owned()), candidates, ..Evidence::default() };
                    orders::suspect(&self.store, order.id, &why, to_json(&evidence), read.now).await?
                }
            };
            self.halt_strategy(&changed, read.now).await?;
            read.note(changed, &self.policy);
        }
        Ok(())
    }

    /// Binds an order to the row with which it reappeared. `None` if the row shows an end that T15 does not list.
    async fn bring_back(
        &mut self,
        order: &Order,
        command: &crate::doubts::Command,
        number: &exodus_domain::BrokerOrderId,
        read: &mut Read,
    ) -> Result<Option<Order>, LiveError> {
        let row = read.stored_near(order).find(|row| row.broker_order_id == *number && row.order_id.is_none());
        let Some(row) = row.cloned() else { return Ok(None) };
        let facts = self.facts_of(&row, read.is_final(order));
        let event = OrderEvent::Reappeared(facts);
        if order.state.after(&event).is_err() {
            return Ok(None);
        }
        reach(Point::Resurrected);
        tracing::error!(order_id = order.id, "an order that was thought never to have come reappeared");
        let evidence =
            Evidence { why: Some("reappeared".to_owned()), candidates: vec![number.clone()], ..Evidence::default() };
        let binding = self.binding(command, number.clone(), &evidence);
        let order = self.apply(order, event, &facts, Some(binding), read.now).await?;
        read.pass.returned.push(order.id);
        Ok(Some(order))
    }

    /// A strategy whose order was not where it was believed to be stops until a person looks.
    async fn halt_strategy(&self, order: &Order, now: DateTime<Utc>) -> Result<(), LiveError> {
        let Some(strategy_id) = order.strategy_id else { return Ok(()) };
        let reason = format!("ORDER_REAPPEARED: order {} was thought never to have come", order.id);
        self.set_once(KillScope::Strategy, strategy_id, KillState::Halted, &reason, order.updated_at, now).await
    }

    /// M6, F24 and §2.7: rows that contradict what is known.
    async fn look_for_conflicts(&self, read: &Read) -> Result<(), LiveError> {
        let rows: Vec<_> = read.pass.rows.values().flatten().map(crate::doubts::facts::row).collect();
        for conflict in conflicts(&read.commands, &rows, &self.policy) {
            reach(match conflict.kind {
                ConflictKind::BindConflict => Point::BindConflict,
                ConflictKind::BrokerDuplicate => Point::BrokerDuplicate,
            });
            let first_seen = rows.iter().find(|row| row.id == conflict.row).map_or(read.now, |row| row.first_seen_at);
            let reason = format!(
                "{}: row {} may be of order {} as well",
                conflict.kind.as_str(),
                conflict.row.0,
                conflict.order_id
            );
            self.halt_once(&reason, first_seen, read.now).await?;
        }
        for row in read.pass.rows.values().flatten() {
            if let (true, Some(since)) = (row.has_decreased(), row.fewer_seen_since) {
                reach(Point::FillDecrease);
                let reason = format!("FILL_DECREASE: row {} shows fewer fills than before", row.broker_order_id.0);
                self.halt_once(&reason, since, read.now).await?;
            }
            if row.facts.cum_qty > row.facts.order_qty {
                reach(Point::Overfill);
                let reason = format!(
                    "OVERFILL: {} of {} shares of row {} are filled",
                    row.facts.cum_qty, row.facts.order_qty, row.broker_order_id.0
                );
                self.halt_once(&reason, row.seen_at, read.now).await?;
            }
        }
        Ok(())
    }

    /// §2.7: an order of somebody else makes the strategies of its issue only reduce until a person has seen it; once it
    /// trades what a strategy holds, nobody can tell whose the shares are.
    async fn look_at_others(&self, read: &Read) -> Result<(), LiveError> {
        if !self.policy.asks_funds || !read.pass.has_news {
            return Ok(());
        }
        let is_unseen = |row: &&BrokerRow| row.is_external() && row.is_new_order() && row.confirmed_at.is_none();
        let commands = &read.commands;
        for row in read.pass.rows.values().flatten().filter(is_unseen) {
            // A row that an order in doubt may have made is not known to be somebody else's.
            let judged = crate::doubts::facts::row(row);
            if commands.iter().any(|command| command.may_have_made(&judged, &self.policy)) {
                continue;
            }
            for strategy in strategies::active_of_account(&self.store, self.account_id).await? {
                if strategy.fields.symbols.contains(&row.symbol) {
                    let reason = format!("EXTERNAL_ORDER: somebody else trades {}", row.symbol);
                    let state = KillState::ReduceOnly;
                    self.set_once(KillScope::Strategy, strategy.id, state, &reason, row.first_seen_at, read.now)
                        .await?;
                }
            }
            if row.uncounted_quantity().is_positive()
                && orders::strategies_hold(&self.store, self.account_id, row.symbol).await?
            {
                let found = json!({ "row": row.broker_order_id, "symbol": row.symbol, "filled": row.facts.cum_qty });
                accounts::put_into_review(&self.store, self.account_id, "EXTERNAL_FILL", found, read.now).await?;
            }
        }
        Ok(())
    }

    /// Halts the account for a fact that was found at `fact_at`, unless a person has cleared a halt since.
    pub(crate) async fn halt_once(
        &self,
        reason: &str,
        fact_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), LiveError> {
        if self.is_answered(KillScope::Account, self.account_id, KillState::Halted, fact_at).await? {
            return Ok(());
        }
        Ok(halt(&self.store, self.account_id, reason, now).await?)
    }

    async fn set_once(
        &self,
        scope: KillScope,
        scope_id: i64,
        state: KillState,
        reason: &str,
        fact_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), LiveError> {
        if !self.is_answered(scope, scope_id, state, fact_at).await? {
            tracing::error!(%scope, scope_id, reason, "a strategy is held back");
            kill_switches::set(&self.store, scope, scope_id, state, reason, None, now).await?;
        }
        Ok(())
    }

    /// True if a switch is set that far already, or was changed by a person after the fact was found.
    async fn is_answered(
        &self,
        scope: KillScope,
        scope_id: i64,
        state: KillState,
        fact_at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let switch = kill_switches::find(&self.store, scope, scope_id).await?;
        Ok(switch
            .is_some_and(|switch| switch.state >= state || (switch.set_by.is_some() && switch.updated_at > fact_at)))
    }
}
