//! What strategies said.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "signals")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: i64,
    pub strategy_id: i64,
    pub strategy_version: Option<i32>,
    pub signal_key: String,
    pub symbol: String,
    pub signal_type: String,
    pub confidence_score: f64,
    pub price: i64,
    pub quantity: i64,
    pub reason: Json,
    pub created_at: DateTimeUtc,
    pub account_id: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
