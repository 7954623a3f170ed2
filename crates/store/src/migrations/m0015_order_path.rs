//! What the order path and its reconciliation write down (safety §2.1): attempts, cancels, the broker's rows, notices
//! without an order, and what is known of each order in doubt.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, guards, index, references, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// What was ordered stays what it was, fills are never taken back, and a bound number is never another.
const ORDER_REWRITTEN: &str = "NEW.user_id <> OLD.user_id OR NEW.account_id <> OLD.account_id \
    OR NEW.symbol <> OLD.symbol OR NEW.side <> OLD.side OR NEW.order_type <> OLD.order_type \
    OR NEW.quantity <> OLD.quantity OR NEW.price IS DISTINCT FROM OLD.price OR NEW.fields_hash <> OLD.fields_hash \
    OR NEW.filled_quantity < OLD.filled_quantity OR NEW.filled_amount < OLD.filled_amount \
    OR (OLD.kis_order_id IS NOT NULL AND NEW.kis_order_id IS DISTINCT FROM OLD.kis_order_id)";

/// A row of the broker that shows less than before is stale, and a row that is bound stays bound.
const ROW_REWRITTEN: &str = "NEW.cum_quantity < OLD.cum_quantity OR NEW.cum_amount < OLD.cum_amount \
    OR (OLD.order_id IS NOT NULL AND NEW.order_id IS DISTINCT FROM OLD.order_id)";

/// Every change of state that a cancel may take.
const CANCEL_UNLISTED: &str = "OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN \
    ('created>sending', 'created>done', 'sending>created', 'sending>unknown', 'sending>done', 'unknown>done')";

const INDEXES: [&str; 3] = [
    "CREATE UNIQUE INDEX order_attempts_of_order ON order_attempts (order_id, n) WHERE cancel_id IS NULL",
    "CREATE UNIQUE INDEX order_attempts_of_cancel ON order_attempts (cancel_id, n) WHERE cancel_id IS NOT NULL",
    "CREATE UNIQUE INDEX order_cancels_under_way ON order_cancels (order_id) WHERE state <> 'done'",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Also on SQLite: guards without their tables would refuse every order.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        manager.create_table(order_cancels()).await?;
        manager.create_index(unique("order_cancels", &["order_id", "n"])).await?;
        manager.create_table(order_attempts()).await?;
        for statement in INDEXES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        manager.create_table(broker_orders()).await?;
        manager.create_index(unique("broker_orders", &["account_id", "trade_date", "broker_order_id"])).await?;
        manager.create_index(unique("broker_orders", &["order_id"])).await?;
        manager.create_table(unmatched_notices()).await?;
        manager.create_index(unique("unmatched_notices", &["account_id", "hash"])).await?;
        manager.create_index(index("unmatched_notices", &["account_id", "matched_at"])).await?;
        let (name, message) = ("orders_keep_their_fields", "fields, fills and number of an order stay");
        guards::forbid_update(manager, "orders", name, ORDER_REWRITTEN, message).await?;
        let (name, message) = ("broker_orders_keep_facts", "a row of the broker takes nothing back");
        guards::forbid_update(manager, "broker_orders", name, ROW_REWRITTEN, message).await?;
        let (name, message) = ("order_cancels_keep_to_the_table", "unlisted cancel transition");
        guards::forbid_update(manager, "order_cancels", name, CANCEL_UNLISTED, message).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        guards::drop_guard_of(manager, "orders", "orders_keep_their_fields").await?;
        drop_tables(manager, &["unmatched_notices", "broker_orders", "order_attempts", "order_cancels"]).await?;
        guards::drop_guards(manager, &["broker_orders_keep_facts", "order_cancels_keep_to_the_table"]).await?;
        for (table, column) in columns() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

fn columns() -> [(&'static str, ColumnDef); 11] {
    [
        ("orders", text("fields_hash").default("").to_owned()),
        ("orders", big_integer_null("lease_epoch")),
        ("orders", timestamp_with_time_zone_null("sent_at")),
        ("orders", timestamp_with_time_zone_null("hard_deadline_at")),
        ("orders", text_null("answer_class")),
        ("orders", text_null("answer_code")),
        ("orders", text_null("bound_by")),
        ("orders", timestamp_with_time_zone_null("locked_until")),
        ("orders", boolean("is_suspect").default(false).to_owned()),
        ("orders", json_null("evidence")),
        ("accounts", json_null("review")),
    ]
}

/// Requests to cancel the whole rest of an order. At most three are ever sent for one order (safety §2.6).
fn order_cancels() -> TableCreateStatement {
    Table::create()
        .table("order_cancels")
        .col(big_pk_auto("id"))
        .col(big_integer("order_id"))
        .col(text("state"))
        .col(text("cause"))
        .col(integer("n").check(Expr::col("n").between(1, 3)).to_owned())
        .col(big_integer_null("lease_epoch"))
        .col(timestamp_with_time_zone_null("claimed_at"))
        .col(text_null("answer_class"))
        .col(text("answer"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(&mut references("order_id", "orders"))
        .to_owned()
}

/// Each claim, of an order or of a cancel of it, and what came of the request.
fn order_attempts() -> TableCreateStatement {
    Table::create()
        .table("order_attempts")
        .col(big_pk_auto("id"))
        .col(big_integer("order_id"))
        .col(big_integer_null("cancel_id"))
        .col(integer("n").check(Expr::col("n").between(1, 3)).to_owned())
        .col(text("request_hash"))
        .col(boolean_null("wrote_bytes"))
        .col(text_null("proof"))
        .col(text_null("answer_class"))
        .col(text_null("answer"))
        .col(timestamp_with_time_zone("claimed_at"))
        .col(timestamp_with_time_zone_null("sent_at"))
        .col(timestamp_with_time_zone_null("answered_at"))
        .foreign_key(&mut references("order_id", "orders"))
        .foreign_key(&mut references("cancel_id", "order_cancels"))
        .to_owned()
}

/// The broker's list as it was read last: our own orders and those that others placed on the account.
fn broker_orders() -> TableCreateStatement {
    Table::create()
        .table("broker_orders")
        .col(big_pk_auto("id"))
        .col(big_integer("account_id"))
        .col(date("trade_date"))
        .col(text("broker_order_id"))
        .col(big_integer_null("order_id"))
        .col(text_null("original_id"))
        .col(text("symbol"))
        .col(text("side"))
        .col(text("order_type"))
        .col(big_integer("quantity"))
        .col(big_integer_null("price"))
        .col(big_integer("cum_quantity"))
        .col(big_integer("cum_amount"))
        .col(text_null("end"))
        .col(timestamp_with_time_zone("accepted_at"))
        .col(timestamp_with_time_zone("first_seen_at"))
        .col(timestamp_with_time_zone("seen_at"))
        .col(timestamp_with_time_zone_null("fewer_seen_since"))
        .col(integer("fewer_seen").default(0).to_owned())
        .col(big_integer("counted_quantity").default(0).to_owned())
        .col(big_integer_null("adopted_by"))
        .col(timestamp_with_time_zone_null("confirmed_at"))
        .foreign_key(&mut references("account_id", "accounts"))
        .foreign_key(&mut references("order_id", "orders"))
        .foreign_key(&mut references("adopted_by", "users"))
        .to_owned()
}

/// Hints of the broker that fit no order yet (safety §2.7).
fn unmatched_notices() -> TableCreateStatement {
    Table::create()
        .table("unmatched_notices")
        .col(big_pk_auto("id"))
        .col(big_integer("account_id"))
        .col(text("hash"))
        .col(text("broker_order_id"))
        .col(text("symbol"))
        .col(timestamp_with_time_zone("received_at"))
        .col(timestamp_with_time_zone_null("matched_at"))
        .foreign_key(&mut references("account_id", "accounts"))
        .to_owned()
}
