//! Strategies that the program stopped, and that were enabled again.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "strategy_stops")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub strategy_id: i64,
    pub account_id: i64,
    pub reason: String,
    pub limit_value: i64,
    pub observed: i64,
    pub stopped_at: DateTimeUtc,
    pub enabled_at: Option<DateTimeUtc>,
    pub enabled_by: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
