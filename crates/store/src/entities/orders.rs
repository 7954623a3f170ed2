//! Orders, denied ones included.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: i64,
    pub account_id: i64,
    pub strategy_id: Option<i64>,
    pub strategy_version: Option<i32>,
    pub signal_id: Option<i64>,
    pub request_id: Option<i64>,
    pub symbol: String,
    pub order_type: String,
    pub side: String,
    pub quantity: i64,
    pub price: Option<i64>,
    pub status: String,
    pub state: String,
    pub filled_quantity: i64,
    pub filled_amount: i64,
    pub filled_price: Option<i64>,
    pub commission: i64,
    pub tax: i64,
    pub commission_schedule: Option<Json>,
    pub kis_order_id: Option<String>,
    pub trade_date: Date,
    pub attempts: i32,
    pub denial: Option<Json>,
    pub decided_at: DateTimeUtc,
    pub claimed_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub fields_hash: String,
    pub lease_epoch: Option<i64>,
    pub sent_at: Option<DateTimeUtc>,
    pub hard_deadline_at: Option<DateTimeUtc>,
    pub answer_class: Option<String>,
    pub answer_code: Option<String>,
    pub bound_by: Option<String>,
    pub locked_until: Option<DateTimeUtc>,
    pub is_suspect: bool,
    pub evidence: Option<Json>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
