//! Rows hang together only within one user (safety SE21): what names an account, a strategy, a signal, a request or an
//! order names one of its own user. PostgreSQL holds that by foreign keys over both columns, SQLite, which cannot change
//! the keys of a table, by triggers.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// A column that names a row of `parent`, whose `shared` column must be the same.
struct Bond {
    child: &'static str,
    column: &'static str,
    parent: &'static str,
    shared: &'static str,
}

const fn bond(child: &'static str, column: &'static str, parent: &'static str, shared: &'static str) -> Bond {
    Bond { child, column, parent, shared }
}

const BONDS: [Bond; 19] = [
    bond("strategies", "account_id", "accounts", "user_id"),
    bond("signals", "strategy_id", "strategies", "user_id"),
    bond("signals", "account_id", "accounts", "user_id"),
    bond("order_requests", "account_id", "accounts", "user_id"),
    bond("orders", "account_id", "accounts", "user_id"),
    bond("orders", "strategy_id", "strategies", "user_id"),
    bond("orders", "signal_id", "signals", "user_id"),
    bond("orders", "request_id", "order_requests", "user_id"),
    bond("trades", "order_id", "orders", "user_id"),
    bond("trades", "account_id", "accounts", "user_id"),
    bond("holdings", "account_id", "accounts", "user_id"),
    bond("account_snapshots", "account_id", "accounts", "user_id"),
    bond("broker_credentials", "account_id", "accounts", "user_id"),
    bond("notifications", "account_id", "accounts", "user_id"),
    bond("notifications", "order_id", "orders", "user_id"),
    bond("backtest_results", "strategy_id", "strategies", "user_id"),
    bond("risk_decisions", "order_id", "orders", "account_id"),
    bond("broker_orders", "order_id", "orders", "account_id"),
    bond("order_attempts", "cancel_id", "order_cancels", "order_id"),
];

impl Bond {
    fn name(&self) -> String {
        format!("{}_{}_within_{}", self.child, self.column, self.shared)
    }

    /// SQLite: a row of another, or a row that is moved to another, is refused. Rows that name nobody are left to the
    /// plain foreign key.
    fn triggers(&self) -> String {
        let Self { child, column, parent, shared } = self;
        let refuse = format!(
            "WHEN EXISTS (SELECT 1 FROM {parent} WHERE id = NEW.{column} AND {shared} <> NEW.{shared}) \
             BEGIN SELECT RAISE(ABORT, '{child}.{column} names a row of another {shared}'); END;"
        );
        let name = self.name();
        format!(
            "CREATE TRIGGER {name}_new BEFORE INSERT ON {child} FOR EACH ROW {refuse} \
             CREATE TRIGGER {name}_moved BEFORE UPDATE OF {column}, {shared} ON {child} FOR EACH ROW {refuse}"
        )
    }

    /// PostgreSQL: the plain foreign key, if there is one, gives way to one over both columns, so that an insert costs as
    /// much as before.
    fn keys(&self) -> String {
        let Self { child, column, parent, shared } = self;
        let name = self.name();
        format!(
            "ALTER TABLE {child} DROP CONSTRAINT IF EXISTS {child}_{column}_fkey; \
             ALTER TABLE {child} ADD CONSTRAINT {name} FOREIGN KEY ({column}, {shared}) REFERENCES {parent} (id, {shared});"
        )
    }

    fn drop_keys(&self) -> String {
        let Self { child, column, parent, .. } = self;
        let name = self.name();
        let mut sql = format!("ALTER TABLE {child} DROP CONSTRAINT {name};");
        if !WITHOUT_A_KEY_BEFORE.contains(&(*child, *column)) {
            sql.push_str(&format!(
                "ALTER TABLE {child} ADD CONSTRAINT {child}_{column}_fkey FOREIGN KEY ({column}) REFERENCES {parent} (id);"
            ));
        }
        sql
    }

    fn drop_triggers(&self) -> String {
        let name = self.name();
        format!("DROP TRIGGER IF EXISTS {name}_new; DROP TRIGGER IF EXISTS {name}_moved;")
    }
}

/// Columns that named a row without a foreign key until now.
const WITHOUT_A_KEY_BEFORE: [(&str, &str); 3] =
    [("strategies", "account_id"), ("signals", "account_id"), ("trades", "account_id")];

/// What a key over two columns must find unique.
fn targets() -> Vec<(&'static str, &'static str)> {
    let mut targets: Vec<_> = BONDS.iter().map(|bond| (bond.parent, bond.shared)).collect();
    targets.sort_unstable();
    targets.dedup();
    targets
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Also on SQLite: half of the walls would look like all of them.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        if manager.get_database_backend() != DbBackend::Postgres {
            for bond in &BONDS {
                connection.execute_unprepared(&bond.triggers()).await?;
            }
            return Ok(());
        }
        for (table, shared) in targets() {
            let sql = format!("ALTER TABLE {table} ADD CONSTRAINT {table}_id_{shared} UNIQUE (id, {shared})");
            connection.execute_unprepared(&sql).await?;
        }
        for bond in &BONDS {
            connection.execute_unprepared(&bond.keys()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        if manager.get_database_backend() != DbBackend::Postgres {
            for bond in &BONDS {
                connection.execute_unprepared(&bond.drop_triggers()).await?;
            }
            return Ok(());
        }
        for bond in BONDS.iter().rev() {
            connection.execute_unprepared(&bond.drop_keys()).await?;
        }
        for (table, shared) in targets() {
            connection.execute_unprepared(&format!("ALTER TABLE {table} DROP CONSTRAINT {table}_id_{shared}")).await?;
        }
        Ok(())
    }
}
