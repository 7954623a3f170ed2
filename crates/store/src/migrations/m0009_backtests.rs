//! What else a backtest is asked for, its note, round trips and checks; sweeps with their trials; index closes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, index, references};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        manager.create_table(round_trips()).await?;
        manager.create_table(checks()).await?;
        manager.create_index(index("backtest_checks", &["job_id"])).await?;
        manager.create_table(sweeps()).await?;
        manager.create_index(index("sweeps", &["user_id"])).await?;
        manager.create_index(index("sweeps", &["job_id"])).await?;
        manager.create_table(trials()).await?;
        manager.create_table(index_closes()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["index_closes", "sweep_trials", "sweeps", "backtest_checks", "backtest_round_trips"];
        drop_tables(manager, &tables).await?;
        for (table, column) in columns() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

fn columns() -> [(&'static str, ColumnDef); 3] {
    [
        ("backtest_results", json("options").default("{}").to_owned()),
        ("backtest_results", text("note").default("").to_owned()),
        ("backtest_trades", integer_null("strategy_number")),
    ]
}

fn round_trips() -> TableCreateStatement {
    Table::create()
        .table("backtest_round_trips")
        .col(big_integer("backtest_id"))
        .col(integer("seq"))
        .col(text("symbol"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .col(big_integer("shares_bought"))
        .col(big_integer("shares_sold"))
        .col(big_integer("bought"))
        .col(big_integer("sold"))
        .col(big_integer("costs"))
        .col(big_integer("pnl"))
        .col(double_null("return_on_cost"))
        .col(big_integer_null("mae"))
        .col(big_integer_null("mfe"))
        .col(integer("holding_sessions"))
        .primary_key(Index::create().col("backtest_id").col("seq"))
        .foreign_key(&mut references("backtest_id", "backtest_results"))
        .to_owned()
}

fn checks() -> TableCreateStatement {
    Table::create()
        .table("backtest_checks")
        .col(big_integer("backtest_id"))
        .col(text("kind"))
        .col(text("status"))
        .col(double("progress"))
        .col(json_null("outcome"))
        .col(text_null("error"))
        .col(big_integer_null("job_id"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .primary_key(Index::create().col("backtest_id").col("kind"))
        .foreign_key(&mut references("backtest_id", "backtest_results"))
        .to_owned()
}

fn sweeps() -> TableCreateStatement {
    Table::create()
        .table("sweeps")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(text("name"))
        .col(json("request"))
        .col(text("status"))
        .col(double("progress"))
        .col(integer("trials_total"))
        .col(integer("trials_done"))
        .col(json_null("outcome"))
        .col(text_null("error"))
        .col(big_integer_null("job_id"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .foreign_key(&mut references("user_id", "users"))
        .to_owned()
}

fn trials() -> TableCreateStatement {
    Table::create()
        .table("sweep_trials")
        .col(big_integer("sweep_id"))
        .col(integer("fold"))
        .col(integer("number"))
        .col(json("parameters"))
        .col(double_null("objective"))
        .col(double_null("total_return"))
        .col(double_null("annual_return"))
        .col(double_null("sharpe_ratio"))
        .col(double_null("max_drawdown"))
        .col(big_integer_null("trades_count"))
        .col(json("document"))
        .col(text_null("error"))
        .primary_key(Index::create().col("sweep_id").col("fold").col("number"))
        .foreign_key(&mut references("sweep_id", "sweeps"))
        .to_owned()
}

fn index_closes() -> TableCreateStatement {
    Table::create()
        .table("index_closes")
        .col(text("index_name"))
        .col(date("date"))
        .col(big_integer("close"))
        .primary_key(Index::create().col("index_name").col("date"))
        .to_owned()
}
