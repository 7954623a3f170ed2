//! Rows of the broker's lists.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "broker_orders")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: i64,
    pub trade_date: Date,
    pub broker_order_id: String,
    pub order_id: Option<i64>,
    pub original_id: Option<String>,
    pub symbol: String,
    pub side: String,
    pub order_type: String,
    pub quantity: i64,
    pub price: Option<i64>,
    pub cum_quantity: i64,
    pub cum_amount: i64,
    pub end: Option<String>,
    pub accepted_at: DateTimeUtc,
    pub first_seen_at: DateTimeUtc,
    pub seen_at: DateTimeUtc,
    pub fewer_seen_since: Option<DateTimeUtc>,
    pub fewer_seen: i32,
    pub counted_quantity: i64,
    pub adopted_by: Option<i64>,
    pub confirmed_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
