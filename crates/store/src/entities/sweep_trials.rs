//! The trials of sweeps.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sweep_trials")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub sweep_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub fold: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub parameters: Json,
    pub objective: Option<f64>,
    pub total_return: Option<f64>,
    pub annual_return: Option<f64>,
    pub sharpe_ratio: Option<f64>,
    pub max_drawdown: Option<f64>,
    pub trades_count: Option<i64>,
    pub document: Json,
    pub error: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
