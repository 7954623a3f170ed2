//! Booked fills.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trades")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub order_id: i64,
    pub user_id: i64,
    pub account_id: i64,
    pub symbol: String,
    pub side: String,
    pub quantity: i64,
    pub cum_quantity: i64,
    pub price: i64,
    pub amount: i64,
    pub commission: i64,
    pub tax: i64,
    pub realized_pnl: Option<i64>,
    pub executed_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
