//! The round trips of backtests.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "backtest_round_trips")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub backtest_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i32,
    pub symbol: String,
    pub opened_at: DateTimeUtc,
    pub closed_at: Option<DateTimeUtc>,
    pub shares_bought: i64,
    pub shares_sold: i64,
    pub bought: i64,
    pub sold: i64,
    pub costs: i64,
    pub pnl: i64,
    pub return_on_cost: Option<f64>,
    pub mae: Option<i64>,
    pub mfe: Option<i64>,
    pub holding_sessions: i32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
