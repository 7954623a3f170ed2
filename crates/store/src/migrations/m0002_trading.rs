//! Strategies, signals, orders and what follows from them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, guards, index, references, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// Every change of state that T3–T19 of the safety specification list.
const LISTED_TRANSITIONS: &[(&str, &[&str])] = &[
    ("created", &["not_sent", "sending"]),
    ("sending", &["acked", "rejected", "created", "not_sent", "unknown"]),
    ("unknown", &["acked", "partial", "filled", "cancelled", "rejected", "expired", "ambiguous", "not_found"]),
    ("ambiguous", &["acked", "partial", "filled", "cancelled", "rejected", "expired", "not_found"]),
    ("not_found", &["acked", "partial", "filled", "cancelled"]),
    ("acked", &["partial", "filled", "cancelled", "rejected", "expired"]),
    ("partial", &["filled", "cancelled", "rejected", "expired"]),
    ("cancelled", &["filled"]),
    ("expired", &["filled"]),
    ("rejected", &["filled"]),
];

/// At most one order per account, symbol and side may be in doubt (safety I5); the database refuses the second.
const ORDER_LOCK: &str = "CREATE UNIQUE INDEX orders_lock ON orders (account_id, symbol, side) \
    WHERE state IN ('created', 'sending', 'unknown', 'ambiguous')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(strategies()).await?;
        manager.create_index(index("strategies", &["user_id"])).await?;
        manager.create_table(signals()).await?;
        manager.create_index(unique("signals", &["strategy_id", "signal_key"])).await?;
        manager.create_index(index("signals", &["user_id", "created_at"])).await?;
        manager.create_table(order_requests()).await?;
        manager.create_index(unique("order_requests", &["user_id", "idempotency_key"])).await?;
        manager.create_index(index("order_requests", &["account_id", "answered_at"])).await?;
        orders_and_guards(manager).await?;
        manager.create_table(order_events()).await?;
        manager.create_index(index("order_events", &["order_id"])).await?;
        manager.create_table(risk_decisions()).await?;
        manager.create_index(index("risk_decisions", &["order_id"])).await?;
        manager.create_table(trades()).await?;
        manager.create_index(unique("trades", &["order_id", "cum_quantity"])).await?;
        manager.create_index(index("trades", &["user_id", "executed_at"])).await?;
        manager.create_table(holdings()).await?;
        manager.create_index(unique("holdings", &["account_id", "symbol"])).await?;
        manager.create_index(index("holdings", &["user_id", "symbol"])).await?;
        manager.create_index(index("holdings", &["symbol"])).await?;
        manager.create_table(account_snapshots()).await?;
        manager.create_index(unique("account_snapshots", &["account_id", "snapshot_date"])).await?;
        manager.create_index(index("account_snapshots", &["user_id", "snapshot_date"])).await?;
        manager.create_table(kill_switches()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "kill_switches",
            "account_snapshots",
            "holdings",
            "trades",
            "risk_decisions",
            "order_events",
            "orders",
            "order_requests",
            "signals",
            "strategies",
        ];
        drop_tables(manager, &tables).await?;
        guards::drop_guards(manager, &["orders_keep_to_the_table"]).await
    }
}

async fn orders_and_guards(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager.create_table(orders()).await?;
    manager.create_index(unique("orders", &["signal_id"])).await?;
    manager.create_index(unique("orders", &["request_id"])).await?;
    manager.create_index(unique("orders", &["account_id", "trade_date", "kis_order_id"])).await?;
    manager.create_index(index("orders", &["user_id", "created_at"])).await?;
    manager.create_index(index("orders", &["account_id", "state"])).await?;
    manager.get_connection().execute_unprepared(ORDER_LOCK).await?;
    let pairs: Vec<String> =
        LISTED_TRANSITIONS.iter().flat_map(|(from, tos)| tos.iter().map(move |to| format!("'{from}>{to}'"))).collect();
    let unlisted = format!("OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN ({})", pairs.join(", "));
    guards::forbid_update(manager, "orders", "orders_keep_to_the_table", &unlisted, "unlisted order transition").await
}

fn strategies() -> TableCreateStatement {
    Table::create()
        .table("strategies")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(text("name"))
        .col(text("description"))
        .col(text("strategy_type"))
        .col(json("parameters"))
        .col(json("symbols"))
        .col(boolean("is_active"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone_null("deleted_at"))
        .foreign_key(&mut references("user_id", "users"))
        .to_owned()
}

fn signals() -> TableCreateStatement {
    Table::create()
        .table("signals")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(big_integer("strategy_id"))
        .col(text("signal_key"))
        .col(text("symbol"))
        .col(text("signal_type"))
        .col(double("confidence_score"))
        .col(big_integer("price"))
        .col(big_integer("quantity"))
        .col(json("reason"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut references("strategy_id", "strategies"))
        .to_owned()
}

fn order_requests() -> TableCreateStatement {
    Table::create()
        .table("order_requests")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(big_integer("account_id"))
        .col(json("action"))
        .col(text_null("idempotency_key"))
        .col(text("body_hash"))
        .col(json_null("answer"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("answered_at"))
        .foreign_key(&mut references("account_id", "accounts"))
        .to_owned()
}

fn orders() -> TableCreateStatement {
    Table::create()
        .table("orders")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(big_integer("account_id"))
        .col(big_integer_null("strategy_id"))
        .col(big_integer_null("signal_id"))
        .col(big_integer_null("request_id"))
        .col(text("symbol"))
        .col(text("order_type"))
        .col(text("side"))
        .col(big_integer("quantity"))
        .col(big_integer_null("price"))
        .col(text("status"))
        .col(text("state"))
        .col(big_integer("filled_quantity"))
        .col(big_integer("filled_amount"))
        .col(big_integer_null("filled_price"))
        .col(big_integer("commission"))
        .col(big_integer("tax"))
        .col(text_null("kis_order_id"))
        .col(date("trade_date"))
        .col(integer("attempts"))
        .col(json_null("denial"))
        .col(timestamp_with_time_zone("decided_at"))
        .col(timestamp_with_time_zone_null("claimed_at"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(&mut references("user_id", "users"))
        .foreign_key(&mut references("account_id", "accounts"))
        .foreign_key(&mut references("strategy_id", "strategies"))
        .foreign_key(&mut references("signal_id", "signals"))
        .foreign_key(&mut references("request_id", "order_requests"))
        .to_owned()
}

fn order_events() -> TableCreateStatement {
    Table::create()
        .table("order_events")
        .col(big_pk_auto("id"))
        .col(big_integer("order_id"))
        .col(text_null("from_state"))
        .col(text("to_state"))
        .col(text("event"))
        .col(text("detail"))
        .col(timestamp_with_time_zone("occurred_at"))
        .foreign_key(&mut references("order_id", "orders"))
        .to_owned()
}

fn risk_decisions() -> TableCreateStatement {
    Table::create()
        .table("risk_decisions")
        .col(big_pk_auto("id"))
        .col(big_integer("order_id"))
        .col(big_integer("account_id"))
        .col(text("fields_hash"))
        .col(text("outcome"))
        .col(text_null("code"))
        .col(json("inputs"))
        .col(timestamp_with_time_zone("decided_at"))
        .foreign_key(&mut references("order_id", "orders"))
        .to_owned()
}

fn trades() -> TableCreateStatement {
    Table::create()
        .table("trades")
        .col(big_pk_auto("id"))
        .col(big_integer("order_id"))
        .col(big_integer("user_id"))
        .col(big_integer("account_id"))
        .col(text("symbol"))
        .col(text("side"))
        .col(big_integer("quantity"))
        .col(big_integer("cum_quantity"))
        .col(big_integer("price"))
        .col(big_integer("amount"))
        .col(big_integer("commission"))
        .col(big_integer("tax"))
        .col(big_integer_null("realized_pnl"))
        .col(timestamp_with_time_zone("executed_at"))
        .foreign_key(&mut references("order_id", "orders"))
        .to_owned()
}

fn holdings() -> TableCreateStatement {
    Table::create()
        .table("holdings")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(big_integer("account_id"))
        .col(text("symbol"))
        .col(big_integer("quantity"))
        .col(big_integer("cost"))
        .col(big_integer("average_price"))
        .col(big_integer_null("current_price"))
        .col(big_integer_null("unrealized_pnl"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(&mut references("account_id", "accounts"))
        .to_owned()
}

fn account_snapshots() -> TableCreateStatement {
    Table::create()
        .table("account_snapshots")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(big_integer("account_id"))
        .col(date("snapshot_date"))
        .col(big_integer("total_assets"))
        .col(big_integer("cash_balance"))
        .col(big_integer("stock_value"))
        .col(big_integer("realized_pnl"))
        .col(big_integer("unrealized_pnl"))
        .foreign_key(&mut references("account_id", "accounts"))
        .to_owned()
}

fn kill_switches() -> TableCreateStatement {
    Table::create()
        .table("kill_switches")
        .col(text("scope"))
        .col(big_integer("scope_id"))
        .col(text("state"))
        .col(text("reason"))
        .col(big_integer_null("set_by"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("updated_at"))
        .primary_key(Index::create().col("scope").col("scope_id"))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use exodus_domain::{OrderEvent as E, OrderState, Qty, RowEnd, RowFacts, Won};

    use super::*;

    fn every_event() -> Vec<E> {
        let mut events = vec![E::Withdrawn, E::Claimed, E::Accepted, E::Refused, E::ProvenUnsentRetry, E::ProvenUnsent];
        events.extend([E::AnswerLost, E::Doubted, E::PersonDismissed, E::Absent]);
        for end in [None, Some(RowEnd::Cancelled), Some(RowEnd::Rejected), Some(RowEnd::Expired)] {
            for cum in [0, 4, 10] {
                let facts = RowFacts { order_qty: Qty(10), cum_qty: Qty(cum), cum_amount: Won(cum * 1_000), end };
                events.extend([E::Matched(facts), E::PersonBound(facts), E::Reappeared(facts), E::RowRead(facts)]);
            }
        }
        events
    }

    #[test]
    fn the_guard_lists_what_the_domain_allows() {
        let mut allowed = BTreeSet::new();
        for &from in OrderState::ALL {
            let next = every_event().into_iter().filter_map(|event| from.after(&event).ok());
            allowed.extend(next.filter(|&to| to != from).map(|to| (from.as_str(), to.as_str())));
        }
        let listed = LISTED_TRANSITIONS.iter().flat_map(|&(from, tos)| tos.iter().map(move |&to| (from, to))).collect();
        assert_eq!(allowed, listed);
    }
}
