//! The trades of backtests.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "backtest_trades")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub backtest_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i32,
    pub strategy_number: Option<i32>,
    pub symbol: String,
    pub side: String,
    pub quantity: i64,
    pub price: i64,
    pub commission: i64,
    pub tax: i64,
    pub realized_pnl: Option<i64>,
    pub executed_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
