//! Issues, bars, imports and backtests.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, index, references};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(instruments()).await?;
        manager.create_table(market_data()).await?;
        manager.create_table(imports()).await?;
        manager.create_index(index("imports", &["user_id"])).await?;
        manager.create_table(backtest_results()).await?;
        manager.create_index(index("backtest_results", &["user_id"])).await?;
        manager.create_index(index("backtest_results", &["strategy_id"])).await?;
        manager.create_table(backtest_trades()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["backtest_trades", "backtest_results", "imports", "market_data", "instruments"]).await
    }
}

fn instruments() -> TableCreateStatement {
    Table::create()
        .table("instruments")
        .col(text("symbol").primary_key())
        .col(text("name_ko"))
        .col(text("name_en"))
        .col(text("market"))
        .col(text("kind"))
        .col(boolean("is_demo"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned()
}

/// Bars as they were kept before there were venues.
pub(super) fn market_data() -> TableCreateStatement {
    Table::create()
        .table("market_data")
        .col(text("symbol"))
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
        .primary_key(Index::create().col("symbol").col("interval").col("adjusted").col("period"))
        .to_owned()
}

/// Imports as they were kept before rows could be set aside.
pub(super) fn imports() -> TableCreateStatement {
    Table::create()
        .table("imports")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(text("file_name"))
        .col(text("interval"))
        .col(boolean("adjusted"))
        .col(text("status"))
        .col(double("progress"))
        .col(big_integer("rows_read"))
        .col(big_integer("rows_added"))
        .col(big_integer("rows_unchanged"))
        .col(big_integer("symbols"))
        .col(text_null("error"))
        .col(big_integer_null("job_id"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .foreign_key(&mut references("user_id", "users"))
        .to_owned()
}

fn backtest_results() -> TableCreateStatement {
    Table::create()
        .table("backtest_results")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(big_integer_null("strategy_id"))
        .col(text("name"))
        .col(text("strategy_type"))
        .col(json("parameters"))
        .col(json("symbols"))
        .col(date("start_date"))
        .col(date("end_date"))
        .col(big_integer("initial_capital"))
        .col(big_integer_null("final_capital"))
        .col(double_null("total_return"))
        .col(double_null("annual_return"))
        .col(double_null("max_drawdown"))
        .col(double_null("sharpe_ratio"))
        .col(double_null("win_rate"))
        .col(big_integer_null("trades_count"))
        .col(json_null("results"))
        .col(text("status"))
        .col(double("progress"))
        .col(text_null("error"))
        .col(big_integer_null("job_id"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .foreign_key(&mut references("user_id", "users"))
        .foreign_key(&mut references("strategy_id", "strategies"))
        .to_owned()
}

fn backtest_trades() -> TableCreateStatement {
    Table::create()
        .table("backtest_trades")
        .col(big_integer("backtest_id"))
        .col(integer("seq"))
        .col(text("symbol"))
        .col(text("side"))
        .col(big_integer("quantity"))
        .col(big_integer("price"))
        .col(big_integer("commission"))
        .col(big_integer("tax"))
        .col(big_integer_null("realized_pnl"))
        .col(timestamp_with_time_zone("executed_at"))
        .primary_key(Index::create().col("backtest_id").col("seq"))
        .foreign_key(&mut references("backtest_id", "backtest_results"))
        .to_owned()
}
