//! Bars of several venues.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::m0003_market_data;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// The columns of bars before there were venues.
const BARS: &str = r#""symbol", "interval", "adjusted", "period", "rows", "first_timestamp", "last_timestamp",
    "timestamp", "open", "high", "low", "close", "volume""#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let copy = format!("({BARS}, \"venue\") SELECT {BARS}, 'krx' FROM market_data");
        remake(manager, "market_data", market_data(), &copy).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let copy = format!("({BARS}) SELECT {BARS} FROM market_data WHERE venue = 'krx'");
        remake(manager, "market_data", m0003_market_data::market_data(), &copy).await
    }
}

/// Makes a table anew and takes its rows over, because SQLite can change neither a key nor a column. `copy` is what
/// follows `INSERT INTO`.
async fn remake(
    manager: &SchemaManager<'_>,
    table: &'static str,
    mut anew: TableCreateStatement,
    copy: &str,
) -> Result<(), DbErr> {
    let next = format!("{table}_next");
    manager.create_table(anew.table(next.clone()).to_owned()).await?;
    manager.get_connection().execute_unprepared(&format!("INSERT INTO {next} {copy}")).await?;
    manager.drop_table(Table::drop().table(table).to_owned()).await?;
    manager.rename_table(Table::rename().table(next, table).to_owned()).await
}

fn market_data() -> TableCreateStatement {
    Table::create()
        .table("market_data")
        .col(text("symbol"))
        .col(text("venue"))
        .col(text("interval"))
        .col(boolean("adjusted"))
        .col(integer("period"))
        .col(integer("rows"))
        .col(timestamp_with_time_zone("first_timestamp"))
        .col(timestamp_with_time_zone("last_timestamp"))
        .col(blob("timestamp"))
        .col(blob("open"))
        .col(blob("high"))
        .col(blob("low"))
        .col(blob("close"))
        .col(blob("volume"))
        .primary_key(Index::create().col("symbol").col("venue").col("interval").col("adjusted").col("period"))
        .to_owned()
}
