//! Bars of several venues, corporate actions, and rows of imports that were set aside.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, index, m0003_market_data, references, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// The columns of bars before there were venues.
const BARS: &str = r#""symbol", "interval", "adjusted", "period", "rows", "first_timestamp", "last_timestamp",
    "timestamp", "open", "high", "low", "close", "volume""#;

/// The columns of imports before rows could be set aside.
const IMPORTS: &str = r#""id", "user_id", "file_name", "interval", "adjusted", "status", "progress", "rows_read",
    "rows_added", "rows_unchanged", "symbols", "error", "job_id", "created_at", "finished_at""#;

/// PostgreSQL counts ids on its own and knows nothing of rows that were copied.
const GO_ON_COUNTING: &str =
    "SELECT setval(pg_get_serial_sequence('imports', 'id'), COALESCE((SELECT MAX(id) FROM imports), 0) + 1, false)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Also on SQLite: all or nothing, and on one connection, because another one may still know the old tables.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let copy = format!("({BARS}, \"venue\") SELECT {BARS}, 'krx' FROM market_data");
        remake(manager, "market_data", market_data(), &copy).await?;
        let copy = format!(
            "({IMPORTS}, \"kind\", \"strict\", \"rows_changed\", \"rows_quarantined\", \"reasons\") \
             SELECT {IMPORTS}, 'bars', true, 0, 0, '{{}}' FROM imports"
        );
        remake_imports(manager, imports(), &copy).await?;
        manager.create_table(quarantined_rows()).await?;
        manager.create_table(corporate_actions()).await?;
        manager.create_index(unique("corporate_actions", &["symbol", "ex_date"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["corporate_actions", "quarantined_rows"]).await?;
        let copy = format!("({IMPORTS}) SELECT {IMPORTS} FROM imports WHERE kind = 'bars' AND user_id IS NOT NULL");
        remake_imports(manager, m0003_market_data::imports(), &copy).await?;
        let copy = format!("({BARS}) SELECT {BARS} FROM market_data WHERE venue = 'krx'");
        remake(manager, "market_data", m0003_market_data::market_data(), &copy).await
    }
}

async fn remake_imports(manager: &SchemaManager<'_>, anew: TableCreateStatement, copy: &str) -> Result<(), DbErr> {
    remake(manager, "imports", anew, copy).await?;
    manager.create_index(index("imports", &["user_id"])).await?;
    if manager.get_database_backend() == sea_orm::DbBackend::Postgres {
        manager.get_connection().execute_unprepared(GO_ON_COUNTING).await?;
    }
    Ok(())
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

fn imports() -> TableCreateStatement {
    Table::create()
        .table("imports")
        .col(big_pk_auto("id"))
        .col(big_integer_null("user_id"))
        .col(text("kind"))
        .col(text("file_name"))
        .col(text("interval"))
        .col(boolean("adjusted"))
        .col(boolean("strict"))
        .col(text("status"))
        .col(double("progress"))
        .col(big_integer("rows_read"))
        .col(big_integer("rows_added"))
        .col(big_integer("rows_changed"))
        .col(big_integer("rows_unchanged"))
        .col(big_integer("rows_quarantined"))
        .col(json("reasons"))
        .col(big_integer("symbols"))
        .col(text_null("error"))
        .col(big_integer_null("job_id"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .foreign_key(&mut references("user_id", "users"))
        .to_owned()
}

fn quarantined_rows() -> TableCreateStatement {
    Table::create()
        .table("quarantined_rows")
        .col(big_integer("import_id"))
        .col(integer("seq"))
        .col(big_integer("row"))
        .col(text("symbol"))
        .col(text("time"))
        .col(text("field"))
        .col(text("reason"))
        .col(text("cells"))
        .primary_key(Index::create().col("import_id").col("seq"))
        .foreign_key(&mut references("import_id", "imports"))
        .to_owned()
}

fn corporate_actions() -> TableCreateStatement {
    Table::create()
        .table("corporate_actions")
        .col(big_pk_auto("id"))
        .col(text("symbol"))
        .col(date("ex_date"))
        .col(text("kind"))
        .col(big_integer("numerator"))
        .col(big_integer("denominator"))
        .col(text("source"))
        .col(timestamp_with_time_zone("recorded_at"))
        .to_owned()
}
