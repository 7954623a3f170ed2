//! The tables' making and unmaking. A migration that has been released is never edited; the next change is a new one.

mod guards;
mod m0001_users;
mod m0002_trading;
mod m0003_market_data;
mod m0004_background;
mod m0005_instruments;
mod m0006_bars;
mod m0007_coverage;
mod m0008_commission;
mod m0009_backtests;
mod m0010_plain_bars;
mod m0011_versions;
mod m0012_fundamentals;
mod m0013_broker_accounts;
mod m0014_broker_imports;
mod m0015_order_path;
mod m0016_risk;
mod m0017_watching;
mod m0018_account_days;
mod m0019_armings;
mod m0020_walls;
mod m0021_starts;
#[cfg(test)]
mod tests;

use sea_orm::DatabaseConnection;
use sea_orm_migration::prelude::*;

use crate::error::StoreError;

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_users::Migration),
            Box::new(m0002_trading::Migration),
            Box::new(m0003_market_data::Migration),
            Box::new(m0004_background::Migration),
            Box::new(m0005_instruments::Migration),
            Box::new(m0006_bars::Migration),
            Box::new(m0007_coverage::Migration),
            Box::new(m0008_commission::Migration),
            Box::new(m0009_backtests::Migration),
            Box::new(m0010_plain_bars::Migration),
            Box::new(m0011_versions::Migration),
            Box::new(m0012_fundamentals::Migration),
            Box::new(m0013_broker_accounts::Migration),
            Box::new(m0014_broker_imports::Migration),
            Box::new(m0015_order_path::Migration),
            Box::new(m0016_risk::Migration),
            Box::new(m0017_watching::Migration),
            Box::new(m0018_account_days::Migration),
            Box::new(m0019_armings::Migration),
            Box::new(m0020_walls::Migration),
            Box::new(m0021_starts::Migration),
        ]
    }
}

/// Applies everything that is outstanding.
pub(crate) async fn up(connection: &DatabaseConnection) -> Result<(), StoreError> {
    Ok(Migrator::up(connection, None).await?)
}

/// Takes everything back.
pub(crate) async fn down(connection: &DatabaseConnection) -> Result<(), StoreError> {
    Ok(Migrator::down(connection, None).await?)
}

/// True if nothing is outstanding.
pub(crate) async fn is_current(connection: &DatabaseConnection) -> Result<bool, StoreError> {
    Ok(Migrator::get_pending_migrations_read_only(connection).await?.is_empty())
}

/// A foreign key from `column` to the `id` of `parent`.
fn references(column: &'static str, parent: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from_col(column).to(parent, "id").to_owned()
}

/// A plain index.
fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut statement = Index::create();
    statement.name(format!("{table}_by_{}", columns.join("_"))).table(table);
    for &column in columns {
        statement.col(column);
    }
    statement
}

/// A unique index. Rows with NULL in one of the columns do not collide, on either database.
fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(table, columns).unique().to_owned()
}

async fn drop_tables(manager: &SchemaManager<'_>, newest_first: &[&'static str]) -> Result<(), DbErr> {
    for &table in newest_first {
        manager.drop_table(Table::drop().table(table).to_owned()).await?;
    }
    Ok(())
}
