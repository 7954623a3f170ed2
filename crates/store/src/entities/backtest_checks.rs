//! Verifications and robustness checks of backtests.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "backtest_checks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub backtest_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    pub status: String,
    pub progress: f64,
    pub outcome: Option<Json>,
    pub error: Option<String>,
    pub job_id: Option<i64>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
