//! Backtests, from the request to the result.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "backtest_results")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: i64,
    pub strategy_id: Option<i64>,
    pub strategy_version: Option<i32>,
    pub name: String,
    pub strategy_type: String,
    pub parameters: Json,
    pub symbols: Json,
    pub start_date: Date,
    pub end_date: Date,
    pub initial_capital: i64,
    pub commission_terms: Json,
    pub options: Json,
    pub note: String,
    pub final_capital: Option<i64>,
    pub total_return: Option<f64>,
    pub annual_return: Option<f64>,
    pub max_drawdown: Option<f64>,
    pub sharpe_ratio: Option<f64>,
    pub win_rate: Option<f64>,
    pub trades_count: Option<i64>,
    pub results: Option<Json>,
    pub curve: Option<Json>,
    pub status: String,
    pub progress: f64,
    pub error: Option<String>,
    pub job_id: Option<i64>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
